import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { billingContract } from '#modules/billing';
import { onBothSides, refusal } from '../../support/fakes/both-sides.js';
import { TestPaymentProvider } from '../../support/payment-provider.js';

const amount = { amount: 1999, currency: 'EUR' };
const customerId = '01900000-0000-7000-8000-00000000000c';

describe('billing and its fake', () => {
  let provider: TestPaymentProvider;
  beforeAll(async () => {
    provider = await TestPaymentProvider.start();
  });
  afterAll(() => provider.close());

  onBothSides(
    billingContract,
    (side) => {
      // The provider keeps its books from one test to the next.
      const make = () => ({ key: crypto.randomUUID(), orderId: crypto.randomUUID() });
      const charge = ({ key, orderId }: ReturnType<typeof make>, of = amount) =>
        side().ask.charge({ key, orderId, customerId, amount: of });
      const declineNext = async () => {
        if (side().isFake) await side().send('POST', '/charges/decline');
        else await provider.control({ next: ['decline'] });
      };
      const told = async () =>
        ((await side().published()) as { type: string; data: object }[]).map(({ type, data }) => ({
          type,
          data,
        }));
      const statuses = async (orderId: string) =>
        (await side().send('GET', `/charges?orderId=${orderId}`)).body.items.map(
          ({ status }: { status: string }) => status,
        );

      it('charges once per key, and tells of it once', async () => {
        const order = make();
        const { chargeId } = await charge(order);
        expect(await charge(order)).toEqual({ chargeId });
        expect(await statuses(order.orderId)).toEqual(['charged']);
        const data = { orderId: order.orderId, chargeId, ...amount };
        expect(await told()).toEqual([{ type: 'billing.payment-charged.v1', data }]);
      });

      it('refuses what is declined, and again', async () => {
        const order = make();
        await declineNext();
        const data = { reason: 'insufficient-funds' };
        const declined = { code: 'billing.charge-declined', status: 402, data };
        for (let time = 0; time < 2; time += 1) {
          expect(await refusal(charge(order))).toEqual(declined);
        }
        expect(await statuses(order.orderId)).toEqual(['declined']);
        expect(await told()).toEqual([
          {
            type: 'billing.payment-declined.v1',
            data: {
              orderId: order.orderId,
              chargeId: expect.any(String),
              ...amount,
              ...data,
            },
          },
        ]);
      });

      it('refuses a key that comes with another amount', async () => {
        const order = make();
        await charge(order);
        const reused = { code: 'contract.key-reused', status: 422, data: { key: order.key } };
        expect(await refusal(charge(order, { ...amount, amount: 1 }))).toEqual(reused);
      });

      it('refunds once per key, and refuses the charge from then on', async () => {
        const order = make();
        const { chargeId } = await charge(order);
        for (let time = 0; time < 2; time += 1) {
          expect(await side().ask.refund({ key: order.key })).toEqual({ refunded: amount });
        }
        const voided = { code: 'billing.charge-voided', status: 409, data: { key: order.key } };
        expect(await refusal(charge(order))).toEqual(voided);
        expect(await statuses(order.orderId)).toEqual(['refunded']);
        const data = { orderId: order.orderId, chargeId, ...amount };
        expect(await told()).toEqual([
          { type: 'billing.payment-charged.v1', data },
          { type: 'billing.payment-refunded.v1', data },
        ]);
      });

      it('gives back nothing of what was never charged, and refuses it when it comes late', async () => {
        const order = make();
        expect(await side().ask.refund({ key: order.key })).toEqual({ refunded: null });
        const voided = { code: 'billing.charge-voided', status: 409, data: { key: order.key } };
        expect(await refusal(charge(order))).toEqual(voided);
        expect(await told()).toEqual([]);
      });
    },
    () => provider.environment,
  );
});
