import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Answers } from '#platform/http';
import {
  customerValue,
  funnel,
  lateShipments,
  revenue,
  revenueQuery,
  type RevenueQuery,
  stockAtRisk,
  stockQuery,
  type StockQuery,
} from './reports.schemas.js';
import { ReportsService } from './reports.service.js';

@ApiTags('reporting')
@Controller('reports')
export class ReportsController {
  constructor(private readonly reports: ReportsService) {}

  @Get('revenue')
  @Answers(200, revenue)
  revenue(@Query({ schema: revenueQuery }) query: RevenueQuery) {
    return this.reports.revenue(query);
  }

  @Get('funnel')
  @Answers(200, funnel)
  funnel() {
    return this.reports.funnel();
  }

  @Get('stock-at-risk')
  @Answers(200, stockAtRisk)
  stockAtRisk(@Query({ schema: stockQuery }) { below }: StockQuery) {
    return this.reports.stockAtRisk(below);
  }

  @Get('customer-value')
  @Answers(200, customerValue)
  customerValue() {
    return this.reports.customerValue();
  }

  @Get('late-shipments')
  @Answers(200, lateShipments)
  lateShipments() {
    return this.reports.lateShipments();
  }
}
