import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Answers, sku } from '#platform/http';
import { type Count, count, stock, type StockView } from './stock.schemas.js';
import { StockService } from './stock.service.js';

@ApiTags('inventory')
@Controller('stock')
export class StockController {
  constructor(private readonly stocks: StockService) {}

  @Put(':sku')
  @Answers(200, stock)
  count(
    @Param('sku', { schema: sku }) stockSku: string,
    @Body({ schema: count }) given: Count,
  ): Promise<StockView> {
    return this.stocks.count(stockSku, given);
  }

  @Get(':sku')
  @Answers(200, stock)
  get(@Param('sku', { schema: sku }) stockSku: string): Promise<StockView> {
    return this.stocks.get(stockSku);
  }
}
