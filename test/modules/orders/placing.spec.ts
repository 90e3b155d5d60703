import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { expectProblem } from '../../platform/problems.js';
import { OpenShop } from '../../support/shop.js';

let shop: OpenShop;
let customerId: string;
let lamp: string;

beforeAll(async () => {
  shop = await OpenShop.open();
});
afterAll(() => shop.close());
beforeEach(async () => {
  customerId = await shop.customer();
  lamp = await shop.product();
});

const euros = (amount: number) => ({ amount, currency: 'EUR' });

describe('placing an order', () => {
  it('answers at once that it is pending, at the prices of the catalog', async () => {
    const rope = await shop.product({ amount: 250, onHand: 5 });
    const placed = await shop.place(customerId, [
      { sku: lamp, quantity: 2 },
      { sku: rope, quantity: 3 },
    ]);
    expect(placed.status).toBe(201);
    expect(placed.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      status: 'pending',
      customerId,
      placedAt: expect.stringMatching(/Z$/),
      total: euros(2 * 1999 + 3 * 250),
      lines: [
        { sku: lamp, name: `The ${lamp}`, quantity: 2, price: euros(1999) },
        { sku: rope, name: `The ${rope}`, quantity: 3, price: euros(250) },
      ],
    });
    const { id } = placed.body;
    expect(await shop.settled(id)).toEqual({ ...placed.body, status: 'confirmed' });
  });

  it('ends confirmed: reserved, charged and scheduled, each once', async () => {
    const { id, status } = await shop.buy(customerId, [{ sku: lamp, quantity: 3 }]);
    expect(status).toBe('confirmed');
    expect(await shop.stock(lamp)).toEqual({ sku: lamp, onHand: 10, reserved: 3, available: 7 });
    expect(await shop.held(id)).toEqual({ charges: ['charged'], shipments: ['scheduled'] });
    expect(await shop.charges(id)).toMatchObject([{ orderId: id, amount: euros(3 * 1999) }]);
  });

  it('adds up lines of the same product', async () => {
    const { body } = await shop.place(customerId, [
      { sku: lamp, quantity: 4 },
      { sku: lamp, quantity: 5 },
    ]);
    expect(body.lines).toMatchObject([{ sku: lamp, quantity: 9 }]);
    await shop.settled(body.id);
    expect(await shop.stock(lamp)).toMatchObject({ available: 1 });
  });

  it('keeps the prices of the day it was placed', async () => {
    const { id } = await shop.buy(customerId, [{ sku: lamp, quantity: 1 }]);
    await shop.send('PATCH', `/products/${lamp}`, { price: euros(1) });
    expect((await shop.order(id)).total).toEqual(euros(1999));
  });

  it('refuses with 422 an unknown customer and unknown products', async () => {
    const stranger = crypto.randomUUID();
    const noCustomer = await shop.place(stranger, [{ sku: lamp, quantity: 1 }]);
    expectProblem(noCustomer, 422, 'orders.unknown-customer');
    expect(noCustomer.body.values).toEqual({ customerId: stranger });
    const noProduct = await shop.place(customerId, [
      { sku: lamp, quantity: 1 },
      { sku: 'NONE', quantity: 1 },
    ]);
    expectProblem(noProduct, 422, 'orders.unknown-product');
    expect(noProduct.body.values).toEqual({ skus: ['NONE'] });
    expect((await shop.send('GET', `/orders?customerId=${customerId}`)).body.items).toEqual([]);
  });

  it('refuses with 422 an order over two currencies', async () => {
    const tea = await shop.product({ currency: 'GBP' });
    const refused = await shop.place(customerId, [
      { sku: lamp, quantity: 1 },
      { sku: tea, quantity: 1 },
    ]);
    expectProblem(refused, 422, 'orders.mixed-currencies');
  });
});

describe('an order that cannot be had', () => {
  const nothing = { charges: [], shipments: [] };

  it('is cancelled when stock is short, with the reason, and holds nothing', async () => {
    const rope = await shop.product();
    const { id, status, reason } = await shop.buy(customerId, [
      { sku: rope, quantity: 1 },
      { sku: lamp, quantity: 11 },
    ]);
    expect([status, reason]).toEqual([
      'cancelled',
      {
        code: 'inventory.out-of-stock',
        title: expect.stringMatching(/\.$/),
        values: { shortages: [{ sku: lamp, requested: 11, available: 10 }] },
      },
    ]);
    expect(await shop.stock(rope)).toMatchObject({ reserved: 0 });
    expect(await shop.held(id)).toEqual(nothing);
  });

  it('is cancelled when nobody has counted its product', async () => {
    const product = { sku: `NEW-${crypto.randomUUID()}`, name: 'New', price: euros(1) };
    await shop.send('POST', '/products', product);
    expect(await shop.buy(customerId, [{ sku: product.sku, quantity: 1 }])).toMatchObject({
      status: 'cancelled',
      reason: { code: 'inventory.out-of-stock' },
    });
  });

  it('is cancelled when the payment is declined, and gives its stock back', async () => {
    await shop.decline();
    const { id, status, reason } = await shop.buy(customerId, [{ sku: lamp, quantity: 2 }]);
    expect([status, reason]).toMatchObject([
      'cancelled',
      { code: 'billing.charge-declined', values: { reason: 'insufficient-funds' } },
    ]);
    expect(await shop.stock(lamp)).toMatchObject({ reserved: 0 });
    expect(await shop.held(id)).toEqual({ charges: ['declined'], shipments: [] });
    expect(shop.around.mail(id)).toBeUndefined();
  });

  // only: billing
  it('is charged once when the provider took the money and did not say so', async () => {
    await shop.around.provider.control({ next: ['error-after'] });
    const { id, status } = await shop.buy(customerId, [{ sku: lamp, quantity: 2 }]);
    expect(status).toBe('confirmed');
    expect(await shop.held(id)).toEqual({ charges: ['charged'], shipments: ['scheduled'] });
  });
  // only: end
});

describe('many orders at once', () => {
  it('sell the last 10 exactly 10 times', async () => {
    const orders = await Promise.all(
      Array.from({ length: 100 }, () => shop.buy(customerId, [{ sku: lamp, quantity: 1 }])),
    );
    const outcomes = orders.map(({ status, reason }) => reason?.code ?? status).sort();
    expect(outcomes).toEqual([
      ...Array(10).fill('confirmed'),
      ...Array(90).fill('inventory.out-of-stock'),
    ]);
    expect(await shop.stock(lamp)).toEqual({ sku: lamp, onHand: 10, reserved: 10, available: 0 });
  });

  it('of the same products in any order of lines are all confirmed, without a deadlock', async () => {
    const skus = await Promise.all([1, 2, 3, 4].map(() => shop.product({ onHand: 1000 })));
    const orders = await Promise.all(
      Array.from({ length: 60 }, (_, index) => {
        const turned = [...skus.slice(index % 4), ...skus.slice(0, index % 4)];
        const sorted = index % 2 ? turned : turned.reverse();
        return shop.buy(
          customerId,
          sorted.map((sku) => ({ sku, quantity: 1 })),
        );
      }),
    );
    expect(new Set(orders.map(({ status }) => status))).toEqual(new Set(['confirmed']));
    for (const sku of skus) expect(await shop.stock(sku)).toMatchObject({ reserved: 60 });
  });
});

describe('placing an order with an Idempotency-Key', () => {
  let key: string;
  beforeEach(() => {
    key = crypto.randomUUID();
  });

  it('gives the same order for the same key and body, wherever it stands by then', async () => {
    const first = await shop.place(customerId, [{ sku: lamp, quantity: 1 }], key);
    const settled = await shop.settled(first.body.id);
    const second = await shop.place(customerId, [{ sku: lamp, quantity: 1 }], key);
    expect(second).toMatchObject({ status: 201, body: settled });
    expect(await shop.stock(lamp)).toMatchObject({ reserved: 1 });
  });

  it('gives the same order to requests that come at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => shop.place(customerId, [{ sku: lamp, quantity: 1 }], key)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    const ids = new Set(answers.map(({ body }) => body.id));
    expect(ids.size).toBe(1);
    for (const id of ids) await shop.settled(id);
    expect(await shop.stock(lamp)).toMatchObject({ reserved: 1 });
  });

  it('refuses the same key with another body', async () => {
    await shop.place(customerId, [{ sku: lamp, quantity: 1 }], key);
    const other = await shop.place(customerId, [{ sku: lamp, quantity: 2 }], key);
    expectProblem(other, 422, 'orders.idempotency-key-reused');
    expect(other.body.values).toEqual({ idempotencyKey: key });
  });

  it('gives the cancelled order again, even when there is stock by then', async () => {
    const { body } = await shop.place(customerId, [{ sku: lamp, quantity: 11 }], key);
    const settled = await shop.settled(body.id);
    await shop.count(lamp, 100);
    const again = await shop.place(customerId, [{ sku: lamp, quantity: 11 }], key);
    expect(again.body).toEqual(settled);
    expect(again.body.status).toBe('cancelled');
  });

  it('lets a key be used again that came with a request that was refused', async () => {
    await shop.place(customerId, [{ sku: 'NONE', quantity: 1 }], key);
    const placed = await shop.place(customerId, [{ sku: lamp, quantity: 1 }], key);
    expect(placed.status).toBe(201);
  });

  it.each(['', 'x'.repeat(256)])('refuses the key %j', async (bad) => {
    const answer = await shop.place(customerId, [{ sku: lamp, quantity: 1 }], bad);
    expect(answer).toMatchObject({
      status: 400,
      body: { values: { faults: [{ path: 'Idempotency-Key' }] } },
    });
  });
});
