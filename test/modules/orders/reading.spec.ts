import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { expectFaults, expectProblem } from '../../platform/problems.js';
import { emptyTables, startTestApp, type TestApp } from '../../support/test-app.js';
import { readPages } from '../paging.js';

let app: TestApp;
let customerId: string;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

beforeEach(async () => {
  await emptyTables('customers', 'catalog', 'inventory', 'orders');
  customerId = await register('ada@example.com');
  await offer('LAMP', 1_000_000_000, 1_000_000);
});

const register = async (email: string): Promise<string> =>
  (await app.send('POST', '/customers', { name: 'Ada', email })).body.id;

async function offer(sku: string, amount: number, onHand: number) {
  const price = { amount, currency: 'EUR' };
  await app.send('POST', '/products', { sku, name: `The ${sku}`, price });
  await app.send('PUT', `/stock/${sku}`, { onHand });
}

const place = (change: object = {}) =>
  app.send('POST', '/orders', { customerId, lines: [{ sku: 'LAMP', quantity: 1 }], ...change });

describe("listing a customer's orders", () => {
  it('gives every order once, oldest first, over pages that come to an end', async () => {
    for (let index = 0; index < 12; index += 1) await place();
    const pages = await readPages<{ id: string; placedAt: string }>(
      app,
      `/orders?customerId=${customerId}&limit=5`,
    );
    expect(pages.map((page) => page.length)).toEqual([5, 5, 2]);
    const orders = pages.flat();
    expect(new Set(orders.map(({ id }) => id)).size).toBe(12);
    const times = orders.map(({ placedAt }) => placedAt);
    expect(times).toEqual([...times].sort());
  });

  it("leaves out other customers' orders, and those that were refused", async () => {
    const other = await register('grace@example.com');
    await place({ customerId: other });
    await place({ lines: [{ sku: 'LAMP', quantity: 10_000 }] });
    const { body: mine } = await place();
    await app.send('PUT', '/stock/LAMP', { onHand: 10_002 });
    expect((await place()).status).toBe(409);
    const { body } = await app.send('GET', `/orders?customerId=${customerId}`);
    expect(body.items.map(({ id }: { id: string }) => id)).toHaveLength(2);
    expect(body.items.at(-1)).toEqual(mine);
  });

  it('is empty for a customer who does not exist', async () => {
    const { body } = await app.send('GET', `/orders?customerId=${crypto.randomUUID()}`);
    expect(body).toEqual({ items: [], next: null });
  });

  it.each([
    ['', ['customerId']],
    ['customerId=1', ['customerId']],
    ['customerId=%00&limit=0&after=x', ['customerId', 'limit', 'after']],
    [`customerId=${crypto.randomUUID()}&customerId=${crypto.randomUUID()}`, ['customerId']],
    [`customerId=${crypto.randomUUID()}&status=rejected`, ['']],
  ])('refuses the query "%s"', async (query, paths) => {
    expectFaults(await app.send('GET', `/orders?${query}`), ...paths);
  });
});

describe('reading an order', () => {
  it('answers 404 for one that does not exist, and for one that was refused', async () => {
    const id = crypto.randomUUID();
    const missing = await app.send('GET', `/orders/${id}`);
    expectProblem(missing, 404, 'orders.order-not-found');
    expect(missing.body.values).toEqual({ id });
    expectFaults(await app.send('GET', '/orders/1'), 'id');
  });
});

describe('an order of extremes', () => {
  it('adds up a hundred lines at the highest price without losing a cent', async () => {
    const skus = Array.from({ length: 99 }, (_, index) => `SKU-${index}`);
    await Promise.all(skus.map((sku) => offer(sku, 999_999_999, 10_000)));
    const lines = [...skus, 'LAMP'].map((sku) => ({ sku, quantity: 10_000 }));
    const placed = await place({ lines });
    expect(placed.status).toBe(201);
    const expected = 99n * 999_999_999n * 10_000n + 1_000_000_000n * 10_000n;
    expect(BigInt(placed.body.total.amount)).toBe(expected);
    const read = await app.send('GET', `/orders/${placed.body.id}`);
    expect(read).toMatchObject({ status: 200, body: placed.body });
  });

  it('takes a hundred lines of the same product', async () => {
    const lines = Array(100).fill({ sku: 'LAMP', quantity: 10_000 });
    expect((await place({ lines })).body.lines).toMatchObject([{ quantity: 1_000_000 }]);
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
    expectFaults(await place(change), ...paths);
  });

  it('names twenty faults of a body with a hundred', async () => {
    const refused = await place({ lines: Array(100).fill({}) });
    expectProblem(refused, 400, 'http.invalid-request');
    expect(refused.body.values.faults).toHaveLength(20);
  });
});
