import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { inventoryContract } from '#modules/inventory';
import { publishedBy } from '../../support/published.js';
import { clientOf, emptyTables, startTestApp, type TestApp } from '../../support/test-app.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(() => emptyTables('inventory'));

const inventory = () => clientOf(app, inventoryContract);

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
