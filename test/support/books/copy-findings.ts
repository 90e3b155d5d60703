import type { TestApp } from '../test-app.js';
import { difference, sums } from './difference.js';
import type { Ledger, Row } from './ledger.js';

/** What is wrong with what modules keep of others, and with what is reported from it. */
export function* copyFindings(ledger: Ledger): Generator<string> {
  yield* same(ledger, 'customers.customers', 'orders.known_customers', ['id', 'name', 'email']);
  yield* same(ledger, 'customers.customers', 'reporting.customers', ['id', 'name']);
  yield* same(ledger, 'catalog.products', 'reporting.products', ['sku', 'name']);
  yield* same(ledger, 'inventory.stock', 'reporting.stock', ['sku', 'on_hand', 'reserved']);
  const order = ['id', 'customer_id', 'currency', 'total', 'placed_at', 'confirmed_at'];
  yield* same(ledger, 'orders.orders', 'reporting.orders', order);
  const line = ['order_id', 'position', 'sku', 'quantity', 'amount'];
  yield* same(ledger, 'orders.order_lines', 'reporting.order_lines', line);
  const shipment = ['id', 'order_id', 'due_at', 'delivered_at'];
  yield* same(ledger, 'shipping.shipments', 'reporting.shipments', shipment);

  const sold = soldPieces(ledger);
  for (const { sku, reserved } of ledger.rows('inventory.stock')) {
    const wanted = sold.get(sku) ?? 0;
    if (reserved !== wanted) yield `of ${sku}, ${reserved} are reserved, and ${wanted} were sold`;
  }
}

function same(
  ledger: Ledger,
  original: `${string}.${string}`,
  copy: `${string}.${string}`,
  columns: readonly string[],
): string[] {
  const pick = (row: Row) => columns.map((column) => row[column] as unknown);
  return difference(copy, ledger.rows(original).map(pick), ledger.rows(copy).map(pick));
}

function soldPieces(ledger: Ledger): Map<string, number> {
  const lines = ledger.by('orders.order_lines', 'order_id');
  const sold = ledger.confirmed.flatMap(({ id }) => lines.get(id) ?? []);
  return sums(sold.map(({ sku, quantity }) => [sku, quantity]));
}

/** Compares the reports with the same questions asked of the modules' own rows. */
export async function reportFindings(ledger: Ledger, send: TestApp['send']): Promise<string[]> {
  const report = async (path: string): Promise<Row[]> =>
    (await send('GET', `/reports/${path}`)).body.rows;
  return [
    ...difference('/reports/revenue', revenue(ledger), (await report('revenue')).map(brought)),
    ...difference('/reports/funnel', funnel(ledger), await report('funnel')),
    ...difference(
      '/reports/customer-value',
      customerValue(ledger),
      (await report('customer-value')).map(worth),
    ),
  ];
}

const brought = ({ day, sku, name, quantity, revenue: { amount, currency } }: Row) =>
  `${day}, ${sku}, ${name}: ${quantity} pieces for ${amount} ${currency}`;

const worth = ({ customerId, name, orders, value: { amount, currency } }: Row) =>
  `${customerId}, ${name}: ${orders} orders for ${amount} ${currency}`;

function revenue(ledger: Ledger): string[] {
  const lines = ledger.by('orders.order_lines', 'order_id');
  const names = new Map(ledger.rows('catalog.products').map(({ sku, name }) => [sku, name]));
  const sold = ledger.confirmed.flatMap(({ id, confirmed_at: at, currency }) =>
    (lines.get(id) ?? []).map(({ sku, quantity, amount }) => ({
      group: JSON.stringify({ day: dayOf(at), sku, name: names.get(sku), currency }),
      quantity: quantity as number,
      amount: quantity * amount,
    })),
  );
  const quantities = sums(sold.map(({ group, quantity }) => [group, quantity]));
  const amounts = sums(sold.map(({ group, amount }) => [group, amount]));
  return [...amounts].map(([group, amount]) => {
    const { currency, ...row } = JSON.parse(group) as Row;
    return brought({ ...row, quantity: quantities.get(group), revenue: { amount, currency } });
  });
}

const dayOf = (time: string) => new Date(time).toISOString().slice(0, 10);

function customerValue(ledger: Ledger): string[] {
  const names = new Map(ledger.rows('customers.customers').map(({ id, name }) => [id, name]));
  const groupOf = ({ customer_id: id, currency }: Row) => `${id} ${currency}`;
  const amounts = sums(ledger.confirmed.map((order) => [groupOf(order), order['total']]));
  const counts = sums(ledger.confirmed.map((order) => [groupOf(order), 1]));
  return [...amounts].map(([group, amount]) => {
    const [customerId, currency] = group.split(' ');
    const orders = counts.get(group);
    return worth({ customerId, name: names.get(customerId), orders, value: { amount, currency } });
  });
}

function funnel(ledger: Ledger): Row[] {
  const orders = ledger.rows('orders.orders');
  const shipments = ledger.rows('shipping.shipments');
  const distinct = (rows: readonly Row[]) => new Set(rows.map((row) => row['order_id'])).size;
  return Object.entries({
    placed: orders.length,
    charged: distinct(ledger.rows('billing.charges').filter((row) => row['charged_at'])),
    scheduled: distinct(shipments),
    confirmed: orders.filter((row) => row['confirmed_at']).length,
    delivered: distinct(shipments.filter((row) => row['delivered_at'])),
    cancelled: orders.filter(({ status }) => status === 'cancelled').length,
  }).map(([stage, count]) => ({ stage, orders: count }));
}
