import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Cost } from '../../scripts/lib/rehearsal.js';
import { OpenShop } from '../support/shop.js';

/** Requests per route; what each takes varies more than their mean. */
const TIMES = 100;

let shop: OpenShop;
let customerId: string;
let sku: string;

beforeAll(async () => {
  shop = await OpenShop.open();
  customerId = await shop.customer();
  sku = await shop.product({ onHand: 10 * TIMES });
  const order = await shop.buy(customerId, [{ sku, quantity: 1 }]);
  expect(order.status).toBe('confirmed');
});
afterAll(() => shop.close());

/** What other processes were asked by now: contracts, and requests that were passed on. */
function asked(): { calls: number; proxied: number } {
  const counts = (shop.app.split?.households ?? []).flatMap(({ network }) => [...network.requests]);
  const sum = (which: (path: string) => boolean) =>
    counts.filter(([path]) => which(path)).reduce((total, [, count]) => total + count, 0);
  return {
    calls: sum((path) => path === '/internal/contracts'),
    proxied: sum((path) => !path.startsWith('/internal')),
  };
}

async function measure(request: string, work: () => Promise<unknown>): Promise<Cost> {
  for (let n = 0; n < TIMES / 10; n += 1) await work();
  await shop.rest();
  const before = asked();
  const times: number[] = [];
  for (let n = 0; n < TIMES; n += 1) {
    const begun = performance.now();
    await work();
    times.push(performance.now() - begun);
  }
  await shop.rest();
  const after = asked();
  return {
    request,
    p50: times.sort((a, b) => a - b)[TIMES / 2] as number,
    calls: (after.calls - before.calls) / TIMES,
    proxied: (after.proxied - before.proxied) / TIMES,
  };
}

it('is measured', async () => {
  const order = await shop.buy(customerId, [{ sku, quantity: 1 }]);
  const costs = [
    await measure('GET /products/:sku', () => shop.send('GET', `/products/${sku}`)),
    await measure('GET /stock/:sku', () => shop.stock(sku)),
    await measure('GET /orders/:id', () => shop.order(order.id)),
    await measure('POST /orders, until it is confirmed', () =>
      shop.buy(customerId, [{ sku, quantity: 1 }]),
    ),
  ];
  writeFileSync(process.env['REHEARSAL_COSTS'] as string, JSON.stringify(costs));
});
