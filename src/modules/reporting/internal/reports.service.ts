import { Injectable } from '@nestjs/common';
import type { Sql } from '#platform/database';
import { currentUpTo } from '#platform/events';
import { ReportingDatabase } from './reporting.database.js';
import type {
  CustomerRow,
  FunnelRow,
  Report,
  RevenueQuery,
  RevenueRow,
  ShipmentRow,
  StockRow,
} from './reports.schemas.js';
import {
  customerValue,
  funnel,
  lateShipments,
  revenue,
  revenueByDay,
  stockAtRisk,
} from './reports.statements.js';

/** Answers reports from this module's own rows. */
@Injectable()
export class ReportsService {
  constructor(private readonly db: ReportingDatabase) {}

  revenue(query: RevenueQuery): Promise<Report<RevenueRow>> {
    return this.report(revenue(query), ['orders', 'catalog']);
  }

  revenueByDay(days: number): Promise<Report<Pick<RevenueRow, 'day' | 'revenue'>>> {
    return this.report(revenueByDay(days), ['orders']);
  }

  funnel(): Promise<Report<FunnelRow>> {
    return this.report(funnel(), ['orders', 'billing', 'shipping']);
  }

  stockAtRisk(below: number): Promise<Report<StockRow>> {
    return this.report(stockAtRisk(below), ['inventory', 'catalog']);
  }

  customerValue(): Promise<Report<CustomerRow>> {
    return this.report(customerValue(), ['orders', 'customers']);
  }

  lateShipments(): Promise<Report<ShipmentRow>> {
    return this.report(lateShipments(new Date()), ['shipping']);
  }

  /** Asked first how current the rows are, so that they are at least that. */
  private async report<Row extends object>(
    statement: Sql,
    feeds: readonly string[],
  ): Promise<Report<Row>> {
    const [current] = await this.db.query<{ upTo: Date | null }>(currentUpTo(feeds));
    const rows = await this.db.query<Row>(statement);
    return { currentUpTo: current?.upTo?.toISOString() ?? null, rows };
  }
}
