import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AppProcess, killProcess, startAppProcess } from '../../platform/app-process.js';
import { asOwner, holdLock, terminateSessions } from '../../platform/held-lock.js';
import { expectProblem } from '../../platform/problems.js';
import { emptyTables } from '../../support/test-app.js';
import { waitFor } from '../../support/wait-for.js';

/** Where the crash meets each order, by the product that it asks for. */
const SKUS = { written: 'WRITTEN', reserved: 'RESERVED', gone: 'GONE', outlived: 'OUTLIVED' };
const ON_HAND = 10;
const QUANTITY = 3;

let customerId: string;
let crashed: AppProcess;
let app: AppProcess;

const lockStock = (sku: string) =>
  holdLock('inventory', 'select from inventory.stock where sku = $1 for update', [sku]);

const place = (sku: string) =>
  app.send(
    'POST',
    '/orders',
    { customerId, lines: [{ sku, quantity: QUANTITY }] },
    { 'idempotency-key': `crash-${sku}` },
  );

const orderOf = async (sku: string) => {
  const [order] = await asOwner<{ id: string; status: string }>(
    'orders',
    'select id, status from orders.orders where idempotency_key = $1',
    [`crash-${sku}`],
  );
  return order as { id: string; status: string };
};

beforeAll(async () => {
  await emptyTables('customers', 'catalog', 'inventory', 'orders');
  crashed = await startAppProcess();
  app = crashed;
  await fill();
  await crash();
  app = await startAppProcess();
});
afterAll(async () => {
  await killProcess(crashed);
  if (app !== crashed) await killProcess(app);
});

async function fill(): Promise<void> {
  const made = await app.send('POST', '/customers', { name: 'Ada', email: 'ada@example.com' });
  customerId = made.body.id;
  const price = { amount: 100, currency: 'EUR' };
  for (const sku of Object.values(SKUS)) {
    await app.send('POST', '/products', { sku, name: sku, price });
    await app.send('PUT', `/stock/${sku}`, { onHand: ON_HAND });
  }
}

/** Stops four orders at their points, by locks that they wait for, and kills the app there. */
async function crash(): Promise<void> {
  const skus = Object.values(SKUS);
  const stocks = await Promise.all(skus.map((sku) => lockStock(sku)));
  const [written, reserved, gone, outlived] = stocks;
  const requests = skus.map((sku) =>
    place(sku).then(
      () => 'answered',
      () => 'cut off',
    ),
  );
  const waiting = await Promise.all(stocks.map((stock) => stock.waiters('inventory')));

  const { id } = await orderOf(SKUS.reserved);
  const order = await holdLock('orders', 'select from orders.orders where id = $1 for update', [
    id,
  ]);
  await reserved?.release();
  await order.waiters('orders');

  process.kill(crashed.child.pid as number, 'SIGKILL');
  await crashed.ended;
  expect(new Set(await Promise.all(requests))).toEqual(new Set(['cut off']));
  await terminateSessions(['orders', 'inventory'], waiting.at(-1));

  await order.release();
  await written?.release();
  await gone?.release();
  await asOwner('inventory', 'update inventory.stock set on_hand = 0 where sku = $1', [SKUS.gone]);
  // Postgres does not notice that the client is gone: the statement goes on and commits.
  await outlived?.release();
}

const stock = async (sku: string) => (await app.send('GET', `/stock/${sku}`)).body;

describe('the start after a crash', () => {
  it.each([
    ['was written down and had not reserved', SKUS.written],
    ['had reserved and was not confirmed', SKUS.reserved],
    ['had a statement under way that outlived the process', SKUS.outlived],
  ])('places an order that %s, and reserves its stock once', async (_case, sku) => {
    const { id } = await waitFor(async () => {
      const order = await orderOf(sku);
      return order.status === 'placed' && order;
    });
    const read = await app.send('GET', `/orders/${id}`);
    expect(read).toMatchObject({ status: 200, body: { lines: [{ sku, quantity: QUANTITY }] } });
    expect(await stock(sku)).toMatchObject({ onHand: ON_HAND, reserved: QUANTITY });
    const held = await asOwner(
      'inventory',
      'select key from inventory.reservations where sku = $1',
      [sku],
    );
    expect(held).toEqual([{ key: `order:${id}` }]);
  });

  it('rejects an order whose stock is gone meanwhile, and shows it to nobody', async () => {
    const { id } = await waitFor(async () => {
      const order = await orderOf(SKUS.gone);
      return order.status === 'rejected' && order;
    });
    expectProblem(await app.send('GET', `/orders/${id}`), 404, 'orders.order-not-found');
    expect(await stock(SKUS.gone)).toMatchObject({ onHand: 0, reserved: 0 });
  });

  it('lists the placed ones, each once', async () => {
    const { body } = await app.send('GET', `/orders?customerId=${customerId}`);
    const skus = body.items.map(({ lines }: { lines: { sku: string }[] }) => lines[0]?.sku);
    expect(skus.sort()).toEqual([SKUS.outlived, SKUS.reserved, SKUS.written]);
  });

  it('is done before the app listens', async () => {
    expect(
      await asOwner('orders', "select id from orders.orders where status = 'placing'"),
    ).toEqual([]);
  });
});

describe('a client that repeats its request after a crash', () => {
  it.each([SKUS.written, SKUS.reserved, SKUS.outlived])(
    'gets the order that the first one made (%s)',
    async (sku) => {
      const { id } = await orderOf(sku);
      expect(await place(sku)).toMatchObject({ status: 201, body: { id, customerId } });
      expect(await stock(sku)).toMatchObject({ reserved: QUANTITY });
    },
  );

  it('gets the refusal of an order that was rejected, though there is stock again', async () => {
    await app.send('PUT', `/stock/${SKUS.gone}`, { onHand: ON_HAND });
    expectProblem(await place(SKUS.gone), 409, 'inventory.out-of-stock');
    expect(await stock(SKUS.gone)).toMatchObject({ reserved: 0 });
  });
});
