import { Injectable } from '@nestjs/common';
import { digitsOf, formatMoney } from '#platform/http';
import { html, type Html, type PageSection, PageSections } from '#platform/page';
import type {
  CustomerRow,
  FunnelRow,
  Report,
  RevenueRow,
  ShipmentRow,
  StockRow,
} from './reports.schemas.js';
import { ReportsService } from './reports.service.js';

/** Days of revenue that are drawn. */
const DAYS = 30;

/** Of a product with fewer pieces than this there is soon none. */
const FEW = 5;

/** One column of a report's table. */
interface Column<Row> {
  readonly title: string;
  readonly of: (row: Row) => Html | string | number;
  /** Of a column of numbers: the number, which is drawn where the table has a chart. */
  readonly number?: (row: Row) => number;
}

/** How the rows of a chart follow each other. */
type Chart = 'latest-first' | 'in-order';

/** The reports, for people. */
@Injectable()
export class ReportsPage implements PageSection {
  readonly title = 'Reports';

  constructor(
    private readonly reports: ReportsService,
    sections: PageSections,
  ) {
    sections.add(this);
  }

  async content(): Promise<Html> {
    const [days, funnel, stock, customers, late] = await Promise.all([
      this.reports.revenueByDay(DAYS),
      this.reports.funnel(),
      this.reports.stockAtRisk(FEW),
      this.reports.customerValue(),
      this.reports.lateShipments(),
    ]);
    return html`
      ${byCurrency(days).map(([title, report]) => table(title, report, revenue, 'latest-first'))}
      ${table('From placed to delivered', funnel, stages, 'in-order')}
      ${table('Stock at risk', stock, products)} ${table('Customers by value', customers, values)}
      ${table('Late shipments', late, shipments)}
    `;
  }
}

type Day = Pick<RevenueRow, 'day' | 'revenue'>;

const revenue: Column<Day>[] = [
  { title: 'Day', of: ({ day }) => day },
  {
    title: 'Revenue',
    of: ({ revenue }) => formatMoney(revenue),
    number: ({ revenue }) => revenue.amount / 10 ** digitsOf(revenue.currency),
  },
];

const stages: Column<FunnelRow>[] = [
  { title: 'Stage', of: ({ stage }) => stage },
  { title: 'Orders', of: ({ orders }) => orders, number: ({ orders }) => orders },
];

const products: Column<StockRow>[] = [
  { title: 'Product', of: ({ sku, name }) => `${name} (${sku})` },
  { title: 'Available', of: ({ available }) => available, number: ({ available }) => available },
  { title: 'Reserved', of: ({ reserved }) => reserved, number: ({ reserved }) => reserved },
];

const values: Column<CustomerRow>[] = [
  { title: 'Customer', of: ({ name, customerId }) => name || customerId },
  { title: 'Orders', of: ({ orders }) => orders, number: ({ orders }) => orders },
  {
    title: 'Value',
    of: ({ value }) => formatMoney(value),
    number: ({ value }) => value.amount / 10 ** digitsOf(value.currency),
  },
];

const shipments: Column<ShipmentRow>[] = [
  { title: 'Order', of: ({ orderId }) => orderId },
  { title: 'Due', of: ({ dueAt }) => time(dueAt) },
  { title: 'Delivered', of: ({ deliveredAt }) => (deliveredAt ? time(deliveredAt) : 'not yet') },
];

/** A chart for each currency, since sums of two do not stand on one axis. */
function byCurrency({ rows, currentUpTo }: Report<Day>): [string, Report<Day>][] {
  const currencies = [...new Set(rows.map(({ revenue }) => revenue.currency))].sort();
  if (currencies.length === 0) return [['Revenue by day', { rows, currentUpTo }]];
  return currencies.map((currency) => [
    `Revenue by day, ${currency}`,
    { rows: rows.filter(({ revenue }) => revenue.currency === currency), currentUpTo },
  ]);
}

/** A time as people read it, to the minute. */
const time = (iso: string) =>
  html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`;

function table<Row>(
  title: string,
  { rows, currentUpTo }: Report<Row>,
  columns: readonly Column<Row>[],
  chart?: Chart,
): Html {
  const known = currentUpTo === null ? 'Nothing heard yet.' : html`Up to ${time(currentUpTo)}.`;
  return html`<h3>${title}</h3>
    <div class="wide" ${chart && html`data-charted`}>
      <table ${chart && html`data-chart="${chart}"`}>
        <caption>
          ${rows.length === 0 && 'None.'} ${known}
        </caption>
        <thead>
          <tr>
            ${columns.map(({ title, number }) => html`<th scope="col" ${aligned(number)}>${title}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                ${columns.map((column, index) => cell(row, column, index))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

const aligned = (number: unknown) => number !== undefined && html`class="number"`;

function cell<Row>(row: Row, { of, number }: Column<Row>, index: number): Html {
  if (index === 0) return html`<th scope="row">${of(row)}</th>`;
  return html`<td ${number && html`class="number" data-value="${number(row)}"`}>${of(row)}</td>`;
}
