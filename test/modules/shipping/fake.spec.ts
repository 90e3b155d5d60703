import { describe, expect, it } from '@jest/globals';
import { shippingContract } from '#modules/shipping';
import { onBothSides, refusal } from '../../support/fakes/both-sides.js';

const orderId = '01900000-0000-7000-8000-00000000000a';
const lines = [{ sku: 'LAMP', quantity: 2 }];
const CALLED_OFF = { code: 'shipping.shipment-called-off', status: 409, data: { key: 'k' } };

describe('shipping and its fake', () => {
  onBothSides(shippingContract, (side) => {
    const schedule = (quantity = 2) =>
      side().ask.schedule({ key: 'k', orderId, lines: [{ sku: 'LAMP', quantity }] });
    const cancel = () => side().ask.cancel({ key: 'k' });
    const statuses = async () =>
      (await side().send('GET', `/shipments?orderId=${orderId}`)).body.items.map(
        ({ status }: { status: string }) => status,
      );
    const told = async () =>
      ((await side().published()) as { type: string; data: object }[]).map(({ type, data }) => ({
        type,
        data,
      }));

    it('schedules once per key, three days ahead, and tells of it once', async () => {
      const scheduled = await side().ask.schedule({ key: 'k', orderId, lines });
      expect(await schedule()).toEqual(scheduled);
      expect(Date.parse(scheduled.dueAt) - Date.now()).toBeGreaterThan(2 * 24 * 60 * 60 * 1_000);
      expect(await statuses()).toEqual(['scheduled']);
      const data = { orderId, ...scheduled };
      expect(await told()).toEqual([{ type: 'shipping.shipment-scheduled.v1', data }]);
    });

    it('refuses a key that comes with other lines', async () => {
      await schedule();
      const reused = { code: 'contract.key-reused', status: 422, data: { key: 'k' } };
      expect(await refusal(schedule(1))).toEqual(reused);
    });

    it('cancels once per key, and refuses the shipment from then on', async () => {
      const { shipmentId } = await schedule();
      for (let time = 0; time < 2; time += 1) expect(await cancel()).toEqual({ cancelled: true });
      expect(await refusal(schedule())).toEqual(CALLED_OFF);
      expect(await statuses()).toEqual(['cancelled']);
      expect((await told()).slice(1)).toEqual([
        { type: 'shipping.shipment-cancelled.v1', data: { orderId, shipmentId } },
      ]);
    });

    it('cancels nothing of what was never scheduled, and refuses it when it comes late', async () => {
      expect(await cancel()).toEqual({ cancelled: false });
      expect(await refusal(schedule())).toEqual(CALLED_OFF);
      expect(await told()).toEqual([]);
    });

    it('refuses to cancel what has been delivered, and what it scheduled stays', async () => {
      const { shipmentId, dueAt } = await schedule();
      await side().send('POST', `/shipments/${shipmentId}/deliver`);
      const delivered = { code: 'shipping.already-delivered', status: 409, data: { shipmentId } };
      for (let time = 0; time < 2; time += 1) expect(await refusal(cancel())).toEqual(delivered);
      expect(await schedule()).toEqual({ shipmentId, dueAt });
      expect(await statuses()).toEqual(['delivered']);
      const deliveredAt: unknown = expect.any(String);
      expect((await told()).slice(1)).toEqual([
        { type: 'shipping.shipment-delivered.v1', data: { orderId, shipmentId, deliveredAt } },
      ]);
    });
  });
});
