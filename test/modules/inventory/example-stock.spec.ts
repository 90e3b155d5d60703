import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HostedModules } from '#platform/hosted-modules';
import { InventoryDatabase } from '../../../src/modules/inventory/internal/inventory.database.js';
import { emptyTables, startTestApp, type TestApp } from '../../support/test-app.js';

let app: TestApp;

beforeAll(async () => {
  await emptyTables('inventory');
  app = await startTestApp();
});
afterAll(() => app.close());

describe('the example stock', () => {
  it('leaves alone what was counted since', async () => {
    const own = app.nest
      .get(HostedModules)
      .inCallOrder()
      .find(({ manifest }) => manifest.name === 'inventory');
    await own?.seed?.seed();
    await app.nest
      .get(InventoryDatabase)
      .query((prisma) =>
        prisma.stock.update({ where: { sku: 'FLARE-RED' }, data: { onHand: 77 } }),
      );
    await own?.seed?.seed();
    expect((await app.send('GET', '/stock/FLARE-RED')).body).toMatchObject({ onHand: 77 });
  });
});
