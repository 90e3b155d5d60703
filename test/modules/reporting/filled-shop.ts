import { emptyReadModel } from '../../../scripts/lib/events/rebuild.js';
import { targetsOf } from '../../../scripts/lib/migrations/targets.js';
import { asOwner } from '../../platform/held-lock.js';
import type { Line, OpenShop } from '../../support/shop.js';
import { testProject } from '../../support/test-project.js';

/** The names of what a filled shop has; each report tells of some of these. */
export interface Filled {
  readonly customers: Record<'ada' | 'grace' | 'nobody', string>;
  readonly products: Record<'lamp' | 'rope' | 'chart' | 'tea', string>;
  readonly orders: Record<
    | 'confirmed'
    | 'huge'
    | 'late'
    | 'overdue'
    | 'inTime'
    | 'cancelled'
    | 'kept'
    | 'declined'
    | 'short',
    string
  >;
}

/** Fills a shop with orders of every fate, on several days, in several currencies. */
export async function fillShop(shop: OpenShop): Promise<Filled> {
  const customers = {
    ada: await shop.customer('Ada'),
    grace: await shop.customer('Grace'),
    nobody: await shop.customer('Nobody'),
  };
  const products = {
    lamp: await shop.product({ sku: 'LAMP', amount: 1999, onHand: 1_000 }),
    rope: await shop.product({ sku: 'ROPE', amount: 250, onHand: 7 }),
    chart: await shop.product({ sku: 'CHART', amount: 1_000_000_000, currency: 'GBP' }),
    tea: await shop.product({ sku: 'TEA', amount: 1200, currency: 'JPY', onHand: 3 }),
  };
  const { ada, grace } = customers;
  const { lamp, rope, chart, tea } = products;
  const buy = async (customerId: string, ...lines: Line[]): Promise<string> =>
    (await shop.buy(customerId, lines)).id;

  const orders = {
    confirmed: await buy(ada, line(lamp, 2), line(rope, 3)),
    // More than what 32 bits hold, in pieces times price and in all.
    huge: await buy(grace, line(chart, 5)),
    late: await buy(grace, line(lamp, 1)),
    overdue: await buy(ada, line(lamp, 5)),
    inTime: await buy(ada, line(tea, 2)),
    cancelled: await buy(ada, line(lamp, 10)),
    kept: await buy(grace, line(rope, 1)),
    declined: '',
    short: await buy(grace, line(lamp, 9_999)),
  };
  await shop.decline();
  orders.declined = await buy(ada, line(rope, 1));
  for (const each of [orders.late, orders.inTime, orders.kept]) await shop.deliver(each);
  for (const each of [orders.cancelled, orders.kept]) await shop.cancel(each);
  for (const each of [orders.cancelled, orders.kept]) await shop.settled(each);
  await shop.send('PATCH', `/customers/${grace}`, { name: 'Rear Admiral Grace' });
  await shop.send('PATCH', `/products/${rope}`, { name: 'Rope' });
  await shop.rest();

  await backdate(shop, orders.late, 5);
  await backdate(shop, orders.overdue, 4);
  await backdate(shop, orders.confirmed, 1);
  await emptyReporting();
  await shop.rest();
  return { customers, products, orders };
}

const line = (sku: string, quantity: number): Line => ({ sku, quantity });

/** Lets the reports be made again. */
export function emptyReporting() {
  const { secret, adminUrl, name } = testProject();
  const [target] = targetsOf({ secret, adminUrl }, name, ['reporting']);
  return emptyReadModel(target as NonNullable<typeof target>);
}

/** The times that the reports show: in rows, and in what was told of them. */
const TIMES = {
  orders: {
    rows: `update orders set placed_at = placed_at - $2::interval, confirmed_at = confirmed_at - $2::interval
           where id = $1`,
    told: ['placedAt', 'confirmedAt'],
  },
  shipping: {
    rows: 'update shipments set due_at = due_at - $2::interval where order_id = $1',
    told: ['dueAt'],
  },
};

/** Lets an order have been confirmed, and be due, so many days earlier, by rows as by events. */
async function backdate({ around }: OpenShop, orderId: string, days: number): Promise<void> {
  for (const [module, { rows, told }] of Object.entries(TIMES)) {
    if (around.standIns.has(module)) {
      around.standIns.of(module).feed.backdate(orderId, told, days);
      continue;
    }
    await asOwner(module, rows, [orderId, `${days} days`]);
    for (const field of told) await asOwner(module, RETOLD, [orderId, `${days} days`, field]);
  }
}

const RETOLD = `
  update feed set data = jsonb_set(data, array[$3], to_jsonb(to_char(
    ((data->>$3)::timestamptz - $2::interval) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
  where subject = $1 and data ? $3`;
