// only: billing, inventory, shipping
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AppProcess, killProcess, startAppProcess } from '../../platform/app-process.js';
import { asOwner, type HeldLock, holdLock, terminateSessions } from '../../platform/held-lock.js';
import { Shop, Surroundings } from '../../support/shop.js';
import { emptyTables } from '../../support/test-app.js';
import { testProject } from '../../support/test-project.js';

/** Where the crash meets each order: at the lock that its saga waits for. */
const POINTS = {
  reserving: ['inventory', 'lock table reservations in share mode'],
  charging: ['billing', 'lock table charges in share mode'],
  scheduling: ['shipping', 'lock table shipments in share mode'],
} as const;
type Point = keyof typeof POINTS;
const points = Object.keys(POINTS) as Point[];

interface Met {
  sku: string;
  orderId: string;
}

const met = new Map<Point, Met>();
let customerId: string;
let around: Surroundings;
let crashed: AppProcess;
let app: AppProcess | undefined;
let shop: Shop;

beforeAll(async () => {
  await emptyTables(...testProject().modules);
  around = await Surroundings.set();
  crashed = await startAppProcess(around.environment);
  shop = new Shop(crashed.send);
  customerId = await shop.customer();
  await crash();
  app = await startAppProcess(around.environment);
  shop = new Shop(app.send);
});
afterAll(async () => {
  await killProcess(crashed);
  if (app) await killProcess(app);
  await around.close();
});

const place = (point: Point, sku: string) =>
  shop.place(customerId, [{ sku, quantity: 3 }], `crash-${point}`);

/** Stops an order at each point, and kills the app there. */
async function crash(): Promise<void> {
  const locks: HeldLock[] = [];
  // The last step first, since an order that waits at a step holds the way of those behind it.
  for (const point of [...points].reverse()) {
    const [module, statement] = POINTS[point];
    const sku = await shop.product();
    const lock = await holdLock(module, statement);
    locks.push(lock);
    const { body } = await place(point, sku);
    met.set(point, { sku, orderId: body.id });
    await lock.waiters(module);
  }
  crashed.child.kill('SIGKILL');
  await crashed.ended;
  await terminateSessions(testProject().modules);
  for (const lock of locks) await lock.release();
}

describe('a process that takes over after a crash', () => {
  it.each(points)('confirms an order that was at its %s, with each effect once', async (point) => {
    const { sku, orderId } = met.get(point) as Met;
    expect(await shop.settled(orderId)).toMatchObject({ status: 'confirmed' });
    expect(await shop.stock(sku)).toMatchObject({ onHand: 10, reserved: 3 });
    expect(await shop.held(orderId)).toEqual({ charges: ['charged'], shipments: ['scheduled'] });
    const reservations = await asOwner('inventory', 'select key from reservations where sku = $1', [
      sku,
    ]);
    expect(reservations).toEqual([{ key: `${orderId}:reserve` }]);
  });

  it.each(points)('gives the client that repeats its key the same order (%s)', async (point) => {
    const { sku, orderId } = met.get(point) as Met;
    expect((await place(point, sku)).body).toMatchObject({ id: orderId, status: 'confirmed' });
    expect(await shop.stock(sku)).toMatchObject({ reserved: 3 });
  });
});
// only: end
