// only: shop
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { appConfig, createApp, listenInternally } from '../../src/app.js';
import { asOwner } from '../platform/held-lock.js';
import { sender } from '../support/sender.js';
import { Shop, Surroundings } from '../support/shop.js';
import { Split } from '../support/split.js';
import { emptyTables } from '../support/test-app.js';
import { testEnvironment, testProject } from '../support/test-project.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${TRACE}-00f067aa0ba902b7-01`;

describe('an order, in a shop of two processes', () => {
  const apart = 'inventory';
  const { modules } = testProject();
  let around: Surroundings;
  let split: Split;
  let apps: NestFastifyApplication[];
  let shop: Shop;

  beforeAll(async () => {
    await emptyTables(...modules);
    around = await Surroundings.set();
    split = await Split.among([modules.filter((module) => module !== apart), [apart]]);
    apps = await Promise.all(
      split.households.map(async (household) => {
        const environment = { ...around.environment, ...split.environmentOf(household) };
        const config = appConfig({ ...testEnvironment(), ...environment });
        const app = await createApp(config);
        await app.listen(0, '127.0.0.1');
        household.network.pointAt(await listenInternally(app, config));
        return app;
      }),
    );
    const { port } = apps[0]?.getHttpServer().address() as AddressInfo;
    const send = sender(`http://127.0.0.1:${port}`);
    shop = new Shop((method, path, body, headers) =>
      send(method, path, body, method === 'POST' ? { traceparent, ...headers } : headers),
    );
  });
  afterAll(async () => {
    for (const app of apps) await app.close();
    await split.close();
    await around.close();
  });

  /** What was published of the order and for it, and in which trace. */
  const published = async (module: string) => {
    const rows = await asOwner<{ type: string; traceparent: string }>(
      module,
      `select type, traceparent from feed where type !~ 'counted|offered|registered' order by type`,
    );
    return rows.map((row) => [row.type, row.traceparent.split('-')[1]]);
  };

  it('is one trace: the request, the steps of its saga, the calls, and what each module tells', async () => {
    const sku = await shop.product();
    const order = await shop.buy(await shop.customer(), [{ sku, quantity: 1 }]);
    expect(order.status).toBe('confirmed');
    expect(await published('orders')).toEqual([
      ['orders.order-confirmed.v1', TRACE],
      ['orders.order-placed.v1', TRACE],
    ]);
    expect(await published(apart)).toEqual([['inventory.stock-reserved.v1', TRACE]]);
    expect(await published('billing')).toEqual([['billing.payment-charged.v1', TRACE]]);
    expect(await published('shipping')).toEqual([['shipping.shipment-scheduled.v1', TRACE]]);
  });

  it('begins a trace of its own when it comes without one', async () => {
    await shop.count(await shop.product(), 3);
    const rows = await asOwner<{ traceparent: string }>(apart, 'select traceparent from feed');
    const own = rows.filter(({ traceparent: each }) => !each.includes(TRACE));
    expect(own).toHaveLength(3);
    expect(new Set(own.map(({ traceparent: each }) => each)).size).toBe(3);
  });
});
// only: end
