import type { Ledger, Row } from './ledger.js';

/** What is wrong with single orders: of each, all has been done or nothing is left. */
export function* orderFindings(ledger: Ledger): Generator<string> {
  const lines = ledger.by('orders.order_lines', 'order_id');
  const read = holdings(ledger);
  for (const order of ledger.rows('orders.orders')) {
    const { id, status, reason } = order;
    const wanted = status === 'confirmed' ? wholeOf(order, lines.get(id) ?? []) : NOTHING;
    for (const [what, found] of Object.entries(read(id))) {
      const expected = wanted[what as keyof typeof wanted];
      if (found !== expected) yield `order ${id}, ${status}: ${what} "${found}", not "${expected}"`;
    }
    if (!['confirmed', 'cancelled'].includes(status)) yield `order ${id} is still ${status}`;
    if (status === 'cancelled' && !reason) yield `order ${id} is cancelled for no reason`;
    if (reason?.code === 'saga.step-failed') {
      yield `order ${id} is cancelled, since nobody foresaw "${reason.values.message}"`;
    }
  }
  yield* strays(ledger);
}

const NOTHING = { charged: '', unsettled: '', paid: '', reserved: '', shipped: '' };

function wholeOf({ total, currency }: Row, lines: readonly Row[]): typeof NOTHING {
  const price = `${total} ${currency}`;
  const all = pieces(lines);
  return { ...NOTHING, charged: price, paid: price, reserved: all, shipped: all };
}

/** Tells what an order has got, in each place; twice the same shows as such. */
function holdings(ledger: Ledger): (id: string) => typeof NOTHING {
  const charges = ledger.by('billing.charges', 'order_id');
  const reservations = ledger.by('inventory.reservations', 'key');
  const shipments = ledger.by('shipping.shipments', 'order_id');
  return (id) => {
    const charged = (...wanted: string[]) =>
      (charges.get(id) ?? []).filter(({ status }) => wanted.includes(status));
    const paid = ledger.payments.filter(
      ({ orderId, status }) => orderId === id && status === 'succeeded',
    );
    const shipped = (shipments.get(id) ?? []).filter(({ status }) => status !== 'cancelled');
    return {
      charged: prices(charged('charged')),
      unsettled: prices(charged('pending', 'refunding')),
      paid: prices(paid),
      reserved: pieces(reservations.get(`${id}:reserve`) ?? []),
      shipped: shipped.map((shipment) => pieces(shipment['lines'])).join(' and '),
    };
  };
}

const prices = (rows: readonly Row[]) =>
  rows.map(({ amount, currency }) => `${amount} ${currency}`).join(' and ');

const pieces = (lines: readonly Row[]) =>
  lines
    .map(({ sku, quantity }) => `${quantity} x ${sku}`)
    .sort()
    .join(', ');

/** What is held for no order at all. */
function* strays(ledger: Ledger): Generator<string> {
  const known = new Set(ledger.rows('orders.orders').map(({ id }) => id as string));
  const keyed = (where: string, rows: readonly Row[]) =>
    rows.filter(({ key }) => !known.has(key.split(':')[0])).map(({ key }) => `${where} ${key}`);
  for (const stray of [
    ...keyed('reservation', ledger.rows('inventory.reservations')),
    ...keyed('charge', ledger.rows('billing.charges')),
    ...keyed('payment', ledger.payments),
    ...keyed('shipment', ledger.rows('shipping.shipments')),
  ]) {
    yield `the ${stray} is of no order`;
  }
}
