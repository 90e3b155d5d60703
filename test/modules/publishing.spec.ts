import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { inventoryContract } from '#modules/inventory';
import { publishedBy } from '../support/published.js';
import { clientOf, emptyTables, startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(() => emptyTables('customers', 'catalog', 'inventory'));

const inventory = () => clientOf(app, inventoryContract);

describe('customers publish', () => {
  const ada = { name: 'Ada', email: 'ada@example.com' };

  it('who registers, and each correction with what is so afterwards', async () => {
    const { body } = await app.send('POST', '/customers', ada);
    await app.send('PATCH', `/customers/${body.id}`, { name: 'Ada Lovelace' });
    const event = { subject: body.id, data: { customerId: body.id, ...ada } };
    expect(await publishedBy('customers')).toEqual([
      { ...event, type: 'customers.customer-registered.v1' },
      {
        ...event,
        type: 'customers.customer-renamed.v1',
        data: { ...event.data, name: 'Ada Lovelace' },
      },
    ]);
  });

  it('nothing that was refused', async () => {
    await app.send('POST', '/customers', ada);
    expect(await app.send('POST', '/customers', ada)).toMatchObject({ status: 409 });
    const nobody = '/customers/01900000-0000-7000-8000-00000000dead';
    expect(await app.send('PATCH', nobody, { name: 'Nobody' })).toMatchObject({ status: 404 });
    expect(await publishedBy('customers')).toHaveLength(1);
  });
});

describe('the catalog publishes', () => {
  it('what is offered, and each correction with what is so afterwards', async () => {
    const lamp = { sku: 'LAMP', name: 'Lamp', price: { amount: 100, currency: 'EUR' } };
    await app.send('POST', '/products', lamp);
    await app.send('PATCH', '/products/LAMP', { price: { amount: 90, currency: 'EUR' } });
    expect(await publishedBy('catalog')).toEqual([
      { type: 'catalog.product-offered.v1', subject: 'LAMP', data: lamp },
      {
        type: 'catalog.product-corrected.v1',
        subject: 'LAMP',
        data: { ...lamp, price: { amount: 90, currency: 'EUR' } },
      },
    ]);
  });
});

describe('inventory publishes', () => {
  const lines = [{ sku: 'LAMP', quantity: 2 }];
  const counted = {
    type: 'inventory.stock-counted.v1',
    subject: 'LAMP',
    data: { sku: 'LAMP', onHand: 5 },
  };

  it('what is counted, reserved and released, each once though asked twice', async () => {
    await app.send('PUT', '/stock/LAMP', { onHand: 5 });
    for (const key of ['a', 'a']) await inventory().reserve({ key, lines });
    for (const key of ['a', 'a']) await inventory().release({ key });
    const reservation = { subject: 'a', data: { key: 'a', lines } };
    expect(await publishedBy('inventory')).toEqual([
      counted,
      { type: 'inventory.stock-reserved.v1', ...reservation },
      { type: 'inventory.stock-released.v1', ...reservation },
    ]);
  });

  it('nothing that was refused, and no release of what was never held', async () => {
    await app.send('PUT', '/stock/LAMP', { onHand: 5 });
    await inventory().reserve({ key: 'a', lines });
    expect(await app.send('PUT', '/stock/LAMP', { onHand: 1 })).toMatchObject({ status: 409 });
    const short = inventory().reserve({ key: 'b', lines: [{ sku: 'LAMP', quantity: 9 }] });
    await expect(short).rejects.toMatchObject({ code: 'inventory.out-of-stock' });
    await inventory().release({ key: 'never' });
    expect(await publishedBy('inventory')).toEqual([
      counted,
      expect.objectContaining({ type: 'inventory.stock-reserved.v1' }),
    ]);
  });
});
