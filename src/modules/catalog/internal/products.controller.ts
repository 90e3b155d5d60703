import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Answers, type Page, sku } from '#platform/http';
import {
  type Correction,
  correction,
  type Offer,
  offer,
  product,
  productPage,
  productPaging,
  type ProductPaging,
  type ProductView,
} from './products.schemas.js';
import { ProductsService } from './products.service.js';

@ApiTags('catalog')
@Controller('products')
export class ProductsController {
  constructor(private readonly products: ProductsService) {}

  @Post()
  @Answers(201, product)
  offer(@Body({ schema: offer }) given: Offer): Promise<ProductView> {
    return this.products.offer(given);
  }

  @Get(':sku')
  @Answers(200, product)
  get(@Param('sku', { schema: sku }) productSku: string): Promise<ProductView> {
    return this.products.get(productSku);
  }

  @Patch(':sku')
  @Answers(200, product)
  correct(
    @Param('sku', { schema: sku }) productSku: string,
    @Body({ schema: correction }) given: Correction,
  ): Promise<ProductView> {
    return this.products.correct(productSku, given);
  }

  @Get()
  @Answers(200, productPage)
  list(@Query({ schema: productPaging }) paging: ProductPaging): Promise<Page<ProductView>> {
    return this.products.list(paging);
  }
}
