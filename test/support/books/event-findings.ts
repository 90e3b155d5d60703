import { difference } from './difference.js';
import type { Ledger, Row } from './ledger.js';

/** What is wrong with what was told: twice, never, put aside, or not heard to its end. */
export function* eventFindings(ledger: Ledger): Generator<string> {
  for (const module of ledger.modules) {
    for (const { feed, subject, reason, error } of ledger.rows(`${module}.parked`)) {
      yield `${module} has parked an event of ${feed}, subject ${subject}, ${reason}: ${error}`;
    }
    for (const { feed, position } of ledger.rows(`${module}.cursor`)) {
      const head = headOf(ledger, feed);
      if (position !== head) yield `${module} hears ${feed} at ${position} of ${head}`;
    }
    yield* sagaFindings(module, ledger.rows(`${module}.saga`));
  }
  const published = ['orders', 'billing', 'shipping', 'inventory'].flatMap((module) =>
    ledger.rows(`${module}.feed`).map(({ type, subject }) => `${type} of ${subject}`),
  );
  // Nobody's row says how often stock was counted or a payment declined.
  const free = /stock-counted|payment-declined/;
  yield* difference(
    'published',
    facts(ledger),
    published.filter((event) => !free.test(event)),
  );
}

const headOf = (ledger: Ledger, feed: string) =>
  ledger.rows(`${feed}.feed`).reduce((head, { position }) => Math.max(head, position), 0);

function* sagaFindings(module: string, sagas: readonly Row[]): Generator<string> {
  for (const { id, name, state, step, parked_at: parked, failure } of sagas) {
    if (parked) yield `${module}'s saga ${name} ${id} is parked at "${step}": ${failure}`;
    else if (!['completed', 'compensated'].includes(state)) {
      yield `${module}'s saga ${name} ${id} is still ${state} at "${step}": ${failure}`;
    }
  }
}

/** What must have been published, once each, by what the modules' rows say. */
function facts(ledger: Ledger): string[] {
  const all: string[] = [];
  const add = (type: string, subject: string, happened: unknown) => {
    if (happened) all.push(`${type}.v1 of ${subject}`);
  };
  for (const { id, confirmed_at: confirmed, status } of ledger.rows('orders.orders')) {
    add('orders.order-placed', id, true);
    add('orders.order-confirmed', id, confirmed);
    add('orders.order-cancelled', id, status === 'cancelled');
  }
  for (const charge of ledger.rows('billing.charges')) {
    add('billing.payment-charged', charge['order_id'], charge['charged_at']);
    add('billing.payment-refunded', charge['order_id'], charge['refunded_at']);
  }
  for (const shipment of ledger.rows('shipping.shipments')) {
    add('shipping.shipment-scheduled', shipment['order_id'], true);
    add('shipping.shipment-delivered', shipment['order_id'], shipment['delivered_at']);
    add('shipping.shipment-cancelled', shipment['order_id'], shipment['cancelled_at']);
  }
  for (const key of reservedKeys(ledger)) add('inventory.stock-reserved', key, true);
  for (const key of releasedKeys(ledger)) add('inventory.stock-released', key, true);
  return all;
}

/** A release remembers what it has given back. */
const releasedKeys = (ledger: Ledger) =>
  ledger
    .rows('inventory.call')
    .filter(({ procedure, answer }) => procedure === 'release' && answer.output.lines.length > 0)
    .map(({ key }) => key as string);

const reservedKeys = (ledger: Ledger) => [
  ...ledger.by('inventory.reservations', 'key').keys(),
  ...releasedKeys(ledger),
];
