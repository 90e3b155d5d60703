import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Answers, HonoursIdempotencyKey, id, IdempotencyKey, type Page } from '#platform/http';
import {
  order,
  orderPage,
  orderPaging,
  type OrderPaging,
  type OrderRequest,
  type OrderView,
  request,
} from './orders.schemas.js';
import { OrdersService } from './orders.service.js';

@ApiTags('orders')
@Controller('orders')
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Post()
  @HonoursIdempotencyKey()
  @Answers(201, order)
  place(
    @Body({ schema: request }) given: OrderRequest,
    @IdempotencyKey() key: string | undefined,
  ): Promise<OrderView> {
    return this.orders.place(given, key);
  }

  @Post(':id/cancel')
  @Answers(202, order)
  cancel(@Param('id', { schema: id }) orderId: string): Promise<OrderView> {
    return this.orders.cancel(orderId);
  }

  @Get(':id')
  @Answers(200, order)
  get(@Param('id', { schema: id }) orderId: string): Promise<OrderView> {
    return this.orders.get(orderId);
  }

  @Get()
  @Answers(200, orderPage)
  list(@Query({ schema: orderPaging }) paging: OrderPaging): Promise<Page<OrderView>> {
    return this.orders.list(paging);
  }
}
