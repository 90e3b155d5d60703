import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AlreadyDelivered, ShipmentCalledOff, shippingContract } from '#modules/shipping';
import type { ContractClient } from '#platform/contracts';
import { KeyReused } from '#platform/errors';
import { asOwner } from '../../platform/held-lock.js';
import { expectFaults, expectProblem } from '../../platform/problems.js';
import { persistently } from '../../support/persistently.js';
import { clientOf, emptyTables, startTestApp, type TestApp } from '../../support/test-app.js';

const ORDER = '01900000-0000-7000-8000-00000000000a';
const DAY = 24 * 60 * 60 * 1000;

let app: TestApp;
let shipping: ContractClient<typeof shippingContract>;

beforeAll(async () => {
  app = await startTestApp();
  shipping = clientOf(app, shippingContract);
});
afterAll(() => app.close());
beforeEach(() => emptyTables('shipping'));

const lamps = (quantity = 2) => [{ sku: 'LAMP', quantity }];
const schedule = (key = 'k', quantity = 2) =>
  persistently(() => shipping.schedule({ key, orderId: ORDER, lines: lamps(quantity) }));
const deliver = (id: string) => app.send('POST', `/shipments/${id}/deliver`);
const failure = (work: Promise<unknown>) => work.catch((error: unknown) => error);

async function published(): Promise<unknown[]> {
  const rows = await asOwner<{ type: string; subject: string; data: object }>(
    'shipping',
    'select type, subject, data from feed order by position',
  );
  return rows.map(({ type, subject, data }) => [type, subject, data]);
}

describe('scheduling', () => {
  it('notes what is to be brought and until when, and publishes that', async () => {
    const { shipmentId, dueAt } = await schedule();
    const shown = await app.send('GET', `/shipments/${shipmentId}`);
    expect(shown).toMatchObject({
      status: 200,
      body: {
        id: shipmentId,
        orderId: ORDER,
        status: 'scheduled',
        lines: lamps(),
        dueAt,
        deliveredAt: null,
        cancelledAt: null,
      },
    });
    const { scheduledAt } = shown.body;
    expect(Date.parse(dueAt) - Date.parse(scheduledAt)).toBe(3 * DAY);
    expect(await published()).toEqual([
      ['shipping.shipment-scheduled.v1', ORDER, { orderId: ORDER, shipmentId, dueAt }],
    ]);
    expect((await app.send('GET', `/shipments?orderId=${ORDER}`)).body).toEqual({
      items: [shown.body],
      next: null,
    });
  });

  it('acts once when 30 calls with the same key come at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => schedule()));
    expect(answers).toEqual(Array(30).fill(answers[0]));
    expect(await schedule()).toEqual(answers[0]);
    expect(await published()).toHaveLength(1);
    expect(await asOwner('shipping', 'select id from shipments')).toHaveLength(1);
  });

  it('refuses the same key for another shipment', async () => {
    await schedule();
    expect(KeyReused.is(await failure(schedule('k', 3)))).toBe(true);
    expect(await published()).toHaveLength(1);
  });
});

describe('cancelling', () => {
  it('cancels once, publishes that, and refuses the key from then on', async () => {
    const { shipmentId } = await schedule();
    for (let time = 0; time < 2; time += 1) {
      expect(await shipping.cancel({ key: 'k' })).toEqual({ cancelled: true });
    }
    expect((await app.send('GET', `/shipments/${shipmentId}`)).body).toMatchObject({
      status: 'cancelled',
      cancelledAt: expect.stringMatching(/Z$/),
    });
    expect((await published()).slice(1)).toEqual([
      ['shipping.shipment-cancelled.v1', ORDER, { orderId: ORDER, shipmentId }],
    ]);
    for (const quantity of [2, 3]) {
      const refusal = await failure(schedule('k', quantity));
      expect(ShipmentCalledOff.is(refusal)).toBe(true);
      expect(refusal).toMatchObject({ status: 409, data: { key: 'k' } });
    }
  });

  it('that comes first lets a late shipment be refused, and publishes nothing', async () => {
    expect(await shipping.cancel({ key: 'k' })).toEqual({ cancelled: false });
    expect(ShipmentCalledOff.is(await failure(schedule()))).toBe(true);
    expect(await published()).toEqual([]);
  });

  it('is refused for what was delivered, for good, and the shipment stays', async () => {
    const scheduled = await schedule();
    await deliver(scheduled.shipmentId);
    for (let time = 0; time < 2; time += 1) {
      const refusal = await failure(shipping.cancel({ key: 'k' }));
      expect(AlreadyDelivered.is(refusal)).toBe(true);
      expect(refusal).toMatchObject({ status: 409, data: { shipmentId: scheduled.shipmentId } });
    }
    expect(await schedule()).toEqual(scheduled);
  });

  it('leaves none scheduled, in whatever order it meets what it races', async () => {
    const keys = Array.from({ length: 60 }, (_, index) => `race-${index}`);
    await Promise.all(
      keys.flatMap((key, index) => {
        const calls: (() => Promise<unknown>)[] = [
          () => schedule(key),
          () => shipping.cancel({ key }),
        ];
        return (index % 2 ? calls : calls.reverse()).map((call) =>
          persistently(call).catch((error: unknown) =>
            expect(ShipmentCalledOff.is(error)).toBe(true),
          ),
        );
      }),
    );
    const open = await asOwner('shipping', "select id from shipments where status <> 'cancelled'");
    expect(open).toEqual([]);
    const types = (await published()).map((event) => (event as string[])[0]);
    const told = (what: string) => types.filter((type) => type?.includes(what)).length;
    expect(told('scheduled')).toBe(told('cancelled'));
  });
});

describe('delivering', () => {
  it('is noted once, and published', async () => {
    const { shipmentId } = await schedule();
    const answers = await Promise.all([1, 2, 3].map(() => deliver(shipmentId)));
    const { deliveredAt } = answers[0]?.body ?? {};
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 200, body: { status: 'delivered', deliveredAt } });
    }
    expect((await published()).slice(1)).toEqual([
      ['shipping.shipment-delivered.v1', ORDER, { orderId: ORDER, shipmentId, deliveredAt }],
    ]);
  });

  it('is refused for what was cancelled', async () => {
    const { shipmentId } = await schedule();
    await shipping.cancel({ key: 'k' });
    expectProblem(await deliver(shipmentId), 409, 'shipping.shipment-called-off');
  });

  it('ends one way or the other when it races a cancellation', async () => {
    const keys = Array.from({ length: 20 }, (_, index) => `race-${index}`);
    await Promise.all(
      keys.map(async (key) => {
        const { shipmentId } = await schedule(key);
        const [delivered, cancelled] = await Promise.all([
          deliver(shipmentId),
          persistently(() => shipping.cancel({ key })).then(
            () => true,
            (error: unknown) => !AlreadyDelivered.is(error),
          ),
        ]);
        expect([delivered.status, cancelled]).toEqual(cancelled ? [409, true] : [200, false]);
      }),
    );
    expect(await published()).toHaveLength(2 * keys.length);
  });

  it('answers 404 for what is not there, and 400 for what is no id', async () => {
    expectProblem(await deliver(ORDER), 404, 'shipping.shipment-not-found');
    expectProblem(await app.send('GET', `/shipments/${ORDER}`), 404, 'shipping.shipment-not-found');
    expectFaults(await deliver('1'), 'id');
    expectFaults(await app.send('GET', '/shipments'), 'orderId');
  });
});
