import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { expectFaults, expectProblem } from '../../platform/problems.js';
import { OpenShop } from '../../support/shop.js';
import { readPages } from '../paging.js';

/** What one piece may cost. */
const HIGHEST = 1_000_000_000;

const NOBODY = '0f000000-0000-4000-8000-000000000000';

let shop: OpenShop;
let customerId: string;
let lamp: string;

beforeAll(async () => {
  shop = await OpenShop.open();
});
afterAll(() => shop.close());
beforeEach(async () => {
  customerId = await shop.customer();
  lamp = await shop.product({ amount: HIGHEST, onHand: 1_000_000 });
});

const order = (change: object = {}) =>
  shop.send('POST', '/orders', { customerId, lines: [{ sku: lamp, quantity: 1 }], ...change });

describe("listing a customer's orders", () => {
  it('gives every order once, oldest first, over pages that come to an end', async () => {
    for (let index = 0; index < 12; index += 1) await order();
    const pages = await readPages<{ id: string; placedAt: string }>(
      shop.app,
      `/orders?customerId=${customerId}&limit=5`,
    );
    expect(pages.map((page) => page.length)).toEqual([5, 5, 2]);
    const orders = pages.flat();
    expect(new Set(orders.map(({ id }) => id)).size).toBe(12);
    const times = orders.map(({ placedAt }) => placedAt);
    expect(times).toEqual([...times].sort());
  });

  it("shows those that were cancelled too, and leaves out other customers' orders", async () => {
    const other = await shop.customer();
    await shop.buy(other, [{ sku: lamp, quantity: 1 }]);
    const confirmed = await shop.buy(customerId, [{ sku: lamp, quantity: 1 }]);
    const cancelled = await shop.buy(customerId, [{ sku: await shop.product(), quantity: 11 }]);
    const { body } = await shop.send('GET', `/orders?customerId=${customerId}`);
    expect(body.items).toEqual([confirmed, cancelled]);
    expect(cancelled.status).toBe('cancelled');
  });

  it('is empty for a customer who does not exist', async () => {
    const { body } = await shop.send('GET', `/orders?customerId=${crypto.randomUUID()}`);
    expect(body).toEqual({ items: [], next: null });
  });

  it.each([
    ['', ['customerId']],
    ['customerId=1', ['customerId']],
    ['customerId=%00&limit=0&after=x', ['customerId', 'limit', 'after']],
    [`customerId=${NOBODY}&customerId=${NOBODY}`, ['customerId']],
    [`customerId=${NOBODY}&status=cancelled`, ['']],
  ])('refuses the query "%s"', async (query, paths) => {
    expectFaults(await shop.send('GET', `/orders?${query}`), ...paths);
  });
});

describe('reading an order', () => {
  it('answers 404 for one that does not exist, and 400 for what is no id', async () => {
    const id = crypto.randomUUID();
    const missing = await shop.send('GET', `/orders/${id}`);
    expectProblem(missing, 404, 'orders.order-not-found');
    expect(missing.body.values).toEqual({ id });
    expectFaults(await shop.send('GET', '/orders/1'), 'id');
  });
});

describe('an order of extremes', () => {
  it('adds up a hundred lines at the highest price, and charges it, without losing a cent', async () => {
    const skus = await Promise.all(
      Array.from({ length: 99 }, () => shop.product({ amount: HIGHEST - 1, onHand: 10_000 })),
    );
    const lines = [...skus, lamp].map((sku) => ({ sku, quantity: 10_000 }));
    const { id, status, total } = await shop.buy(customerId, lines);
    expect(status).toBe('confirmed');
    const expected = 99n * 999_999_999n * 10_000n + 1_000_000_000n * 10_000n;
    expect(BigInt(total.amount)).toBe(expected);
    const [charge] = await shop.charges(id);
    expect(BigInt(charge.amount.amount)).toBe(expected);
  });

  it('takes a hundred lines of the same product', async () => {
    const lines = Array(100).fill({ sku: lamp, quantity: 10_000 });
    const bought = await shop.buy(customerId, lines);
    expect(bought).toMatchObject({ status: 'confirmed', lines: [{ quantity: 1_000_000 }] });
  });

  it.each([
    ['no customer', { customerId: undefined }, ['customerId']],
    ['no line', { lines: [] }, ['lines']],
    ['101 lines', { lines: Array(101).fill({ sku: 'LAMP', quantity: 1 }) }, ['lines']],
    ['no piece', { lines: [{ sku: 'LAMP', quantity: 0 }] }, ['lines.0.quantity']],
    ['too many pieces', { lines: [{ sku: 'LAMP', quantity: 10_001 }] }, ['lines.0.quantity']],
    ['half a piece', { lines: [{ sku: 'LAMP', quantity: 0.5 }] }, ['lines.0.quantity']],
    ['a price of its own', { lines: [{ sku: 'LAMP', quantity: 1, price: 1 }] }, ['lines.0']],
    ['a status of its own', { status: 'placed' }, ['']],
    ['an object for lines', { lines: { 0: { sku: 'LAMP', quantity: 1 } } }, ['lines']],
    ['a line that is null', { lines: [null] }, ['lines.0']],
  ])('refuses %s', async (_case, change, paths) => {
    expectFaults(await order(change), ...paths);
  });

  it('names twenty faults of a body with a hundred', async () => {
    const refused = await order({ lines: Array(100).fill({}) });
    expectProblem(refused, 400, 'http.invalid-request');
    expect(refused.body.values.faults).toHaveLength(20);
  });
});
