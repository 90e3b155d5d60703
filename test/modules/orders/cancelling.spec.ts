import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { holdLock } from '../../platform/held-lock.js';
import { expectFaults, expectProblem } from '../../platform/problems.js';
import { OpenShop } from '../../support/shop.js';
import { expectNothingHeld, told } from './support.js';

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

const place = async (): Promise<string> =>
  (await shop.place(customerId, [{ sku: lamp, quantity: 2 }])).body.id;

describe('cancelling an order', () => {
  it('that is being reserved for takes nothing', async () => {
    const stock = await shop.hold('inventory');
    const id = await place();
    await stock.waiters();
    const answer = await shop.cancel(id);
    expect(answer).toMatchObject({ status: 202, body: { id, status: 'cancelling' } });
    await stock.release();
    await expectNothingHeld(shop, { orderId: id, sku: lamp }, { charges: [], shipments: [] });
    expect(await told(id)).toEqual(['placed', 'cancelled']);
  });

  it('whose shipment is being scheduled lets that end, and takes all of it back', async () => {
    const shipments = await shop.hold('shipping');
    const id = await place();
    await shipments.waiters();
    expect((await shop.cancel(id)).body.status).toBe('cancelling');
    await shipments.release();
    await expectNothingHeld(
      shop,
      { orderId: id, sku: lamp },
      { charges: ['refunded'], shipments: ['cancelled'] },
    );
    // It was never confirmed to anybody.
    expect(await told(id)).toEqual(['placed', 'cancelled']);
    expect(shop.around.mail(id)).toBeUndefined();
  });

  it('that is confirmed gives back the shipment, the money and the stock', async () => {
    const id = await place();
    await shop.settled(id);
    expect((await shop.cancel(id)).body.status).toBe('cancelling');
    await expectNothingHeld(
      shop,
      { orderId: id, sku: lamp },
      { charges: ['refunded'], shipments: ['cancelled'] },
    );
    expect(await told(id)).toEqual(['placed', 'confirmed', 'cancelled']);
  });

  it('that is delivered changes nothing, and says why', async () => {
    const id = await place();
    await shop.settled(id);
    await shop.deliver(id);
    await shop.cancel(id);
    const settled = await shop.settled(id);
    expect(settled).toMatchObject({
      status: 'confirmed',
      reason: { code: 'shipping.already-delivered' },
    });
    expect(await shop.held(id)).toEqual({ charges: ['charged'], shipments: ['delivered'] });
    expect(await shop.stock(lamp)).toMatchObject({ reserved: 2 });
    // A delivery is for good: asked again, nothing is begun.
    expect((await shop.cancel(id)).body).toEqual(settled);
    expect(await told(id)).toEqual(['placed', 'confirmed']);
  });

  it('that was delivered while it was still pending confirms it after all', async () => {
    const shipments = await shop.hold('shipping');
    const id = await place();
    await shipments.waiters();
    await shop.cancel(id);
    // The wish is met behind the scheduling; by then the parcel has been brought.
    const orders = await holdLock('orders', 'select from orders where id = $1 for update', [id]);
    await shipments.release();
    await orders.waiters('orders');
    await shop.deliver(id);
    await orders.release();
    expect(await shop.settled(id)).toMatchObject({
      status: 'confirmed',
      reason: { code: 'shipping.already-delivered' },
    });
    expect(await told(id)).toEqual(['placed', 'confirmed']);
  });

  it('that is cancelled already changes nothing', async () => {
    const id = await place();
    await shop.cancel(id);
    const settled = await shop.settled(id);
    expect((await shop.cancel(id)).body).toEqual(settled);
    expect(await told(id)).toEqual(expect.arrayContaining(['cancelled']));
    expect((await told(id)).filter((what) => what === 'cancelled')).toHaveLength(1);
  });

  it('that was refused keeps the reason of the refusal', async () => {
    const { id, reason } = await shop.buy(customerId, [{ sku: lamp, quantity: 11 }]);
    expect((await shop.cancel(id)).body).toMatchObject({ status: 'cancelled', reason });
  });

  it('at any moment leaves none of it, however often it is asked for', async () => {
    const ids = await Promise.all([1, 2, 3, 4, 5].map(place));
    await Promise.all(ids.flatMap((id) => [shop.cancel(id), shop.cancel(id), shop.cancel(id)]));
    for (const id of ids) {
      expect(await shop.settled(id)).toMatchObject({ status: 'cancelled' });
      const { charges, shipments } = await shop.held(id);
      expect([...charges, ...shipments].filter((one) => /charged|scheduled/.test(one))).toEqual([]);
    }
    expect(await shop.stock(lamp)).toMatchObject({ reserved: 0 });
  });

  it('that does not exist answers 404, and 400 for what is no id', async () => {
    expectProblem(await shop.cancel(crypto.randomUUID()), 404, 'orders.order-not-found');
    expectFaults(await shop.cancel('1'), 'id');
  });
});
