import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { publishedBy } from '../../support/published.js';
import { emptyTables, startTestApp, type TestApp } from '../../support/test-app.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(() => emptyTables('catalog'));

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
