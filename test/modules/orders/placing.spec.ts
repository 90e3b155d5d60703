import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { emptyTables, startTestApp, type TestApp } from '../../support/test-app.js';

let app: TestApp;
let customerId: string;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

beforeEach(async () => {
  await emptyTables('customers', 'catalog', 'inventory', 'orders');
  const customer = await app.send('POST', '/customers', { name: 'Ada', email: 'ada@example.com' });
  customerId = customer.body.id;
  await offer('LAMP', 1999, 10);
});

async function offer(sku: string, amount: number, onHand: number, currency = 'EUR') {
  await app.send('POST', '/products', { sku, name: `The ${sku}`, price: { amount, currency } });
  await app.send('PUT', `/stock/${sku}`, { onHand });
}

const place = (lines: object[], headers: Record<string, string> = {}) =>
  app.send('POST', '/orders', { customerId, lines }, headers);

const stock = async (sku: string) => (await app.send('GET', `/stock/${sku}`)).body;

describe('placing an order', () => {
  it('takes the prices from the catalog and reserves the stock', async () => {
    await offer('ROPE', 250, 5);
    const placed = await place([
      { sku: 'LAMP', quantity: 2 },
      { sku: 'ROPE', quantity: 3 },
    ]);
    expect(placed.status).toBe(201);
    expect(placed.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      customerId,
      placedAt: expect.any(String),
      total: { amount: 2 * 1999 + 3 * 250, currency: 'EUR' },
      lines: [
        { sku: 'LAMP', name: 'The LAMP', quantity: 2, price: { amount: 1999, currency: 'EUR' } },
        { sku: 'ROPE', name: 'The ROPE', quantity: 3, price: { amount: 250, currency: 'EUR' } },
      ],
    });
    expect(await stock('ROPE')).toEqual({ sku: 'ROPE', onHand: 5, reserved: 3, available: 2 });
    const read = await app.send('GET', `/orders/${placed.body.id}`);
    expect(read).toMatchObject({ status: 200, body: placed.body });
  });

  it('adds up lines of the same product', async () => {
    const placed = await place([
      { sku: 'LAMP', quantity: 4 },
      { sku: 'LAMP', quantity: 5 },
    ]);
    expect(placed.body.lines).toMatchObject([{ sku: 'LAMP', quantity: 9 }]);
    expect(await stock('LAMP')).toMatchObject({ available: 1 });
  });

  it('keeps the prices of the day it was placed', async () => {
    const placed = await place([{ sku: 'LAMP', quantity: 1 }]);
    await app.send('PATCH', '/products/LAMP', { price: { amount: 1, currency: 'EUR' } });
    const read = await app.send('GET', `/orders/${placed.body.id}`);
    expect(read.body.total.amount).toBe(1999);
  });

  it('refuses with 409 when stock is short, and holds nothing back', async () => {
    await offer('ROPE', 250, 5);
    const refused = await place([
      { sku: 'ROPE', quantity: 1 },
      { sku: 'LAMP', quantity: 11 },
    ]);
    expect(refused).toMatchObject({
      status: 409,
      body: {
        code: 'inventory.out-of-stock',
        values: { shortages: [{ sku: 'LAMP', requested: 11, available: 10 }] },
      },
    });
    expect(await stock('ROPE')).toMatchObject({ reserved: 0 });
    expect((await app.send('GET', `/orders?customerId=${customerId}`)).body.items).toEqual([]);
  });

  it('refuses a product that nobody has counted as out of stock', async () => {
    await app.send('POST', '/products', {
      sku: 'NEW',
      name: 'New',
      price: { amount: 1, currency: 'EUR' },
    });
    const refused = await place([{ sku: 'NEW', quantity: 1 }]);
    expect(refused).toMatchObject({ status: 409, body: { code: 'inventory.out-of-stock' } });
  });

  it('refuses with 422 an unknown customer and unknown products', async () => {
    const stranger = { customerId: crypto.randomUUID(), lines: [{ sku: 'LAMP', quantity: 1 }] };
    expect(await app.send('POST', '/orders', stranger)).toMatchObject({
      status: 422,
      body: { code: 'orders.unknown-customer', values: { customerId: stranger.customerId } },
    });
    expect(
      await place([
        { sku: 'LAMP', quantity: 1 },
        { sku: 'NONE', quantity: 1 },
      ]),
    ).toMatchObject({
      status: 422,
      body: { code: 'orders.unknown-product', values: { skus: ['NONE'] } },
    });
    expect(await stock('LAMP')).toMatchObject({ reserved: 0 });
  });

  it('refuses with 422 an order over two currencies', async () => {
    await offer('TEA', 500, 5, 'GBP');
    const refused = await place([
      { sku: 'LAMP', quantity: 1 },
      { sku: 'TEA', quantity: 1 },
    ]);
    expect(refused).toMatchObject({ status: 422, body: { code: 'orders.mixed-currencies' } });
  });

  it('sells the last 10 exactly 10 times, whatever runs at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => place([{ sku: 'LAMP', quantity: 1 }])),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array(10).fill(201), ...Array(90).fill(409)]);
    expect(await stock('LAMP')).toEqual({ sku: 'LAMP', onHand: 10, reserved: 10, available: 0 });
    const { body } = await app.send('GET', `/orders?customerId=${customerId}&limit=100`);
    expect(body.items).toHaveLength(10);
  });

  it('serves orders of the same products in any order of lines, without a deadlock', async () => {
    for (const sku of ['A', 'B', 'C', 'D']) await offer(sku, 100, 1000);
    const skus = ['A', 'B', 'C', 'D'];
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) => {
        const turned = [...skus.slice(index % 4), ...skus.slice(0, index % 4)];
        return place((index % 2 ? turned : turned.reverse()).map((sku) => ({ sku, quantity: 1 })));
      }),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    for (const sku of skus) expect(await stock(sku)).toMatchObject({ reserved: 60 });
  });
});

describe('placing an order with an Idempotency-Key', () => {
  const key = { 'idempotency-key': 'k-1' };

  it('gives the same order for the same key and body', async () => {
    const first = await place([{ sku: 'LAMP', quantity: 1 }], key);
    const second = await place([{ sku: 'LAMP', quantity: 1 }], key);
    expect(second).toMatchObject({ status: 201, body: first.body });
    expect(await stock('LAMP')).toMatchObject({ reserved: 1 });
  });

  it('gives the same order to requests that come at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => place([{ sku: 'LAMP', quantity: 1 }], key)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(await stock('LAMP')).toMatchObject({ reserved: 1 });
  });

  it('refuses the same key with another body', async () => {
    await place([{ sku: 'LAMP', quantity: 1 }], key);
    expect(await place([{ sku: 'LAMP', quantity: 2 }], key)).toMatchObject({
      status: 422,
      body: { code: 'orders.idempotency-key-reused', values: { idempotencyKey: 'k-1' } },
    });
  });

  it('remembers a refusal, even when there is stock by then', async () => {
    const refused = await place([{ sku: 'LAMP', quantity: 11 }], key);
    await app.send('PUT', '/stock/LAMP', { onHand: 100 });
    const again = await place([{ sku: 'LAMP', quantity: 11 }], key);
    expect(again.status).toBe(409);
    expect(again.body.values).toEqual(refused.body.values);
  });

  it.each([
    ['', 400],
    ['x'.repeat(256), 400],
  ])('refuses the key %j', async (bad, status) => {
    const answer = await place([{ sku: 'LAMP', quantity: 1 }], { 'idempotency-key': bad });
    expect(answer).toMatchObject({
      status,
      body: { values: { faults: [{ path: 'Idempotency-Key' }] } },
    });
  });
});
