import {
  billingContract,
  ChargeDeclined,
  ChargeVoided,
  PaymentCharged,
  PaymentDeclined,
  PaymentRefunded,
} from '#modules/billing';
import { type Money, newId } from '#platform/http';
import { answersTo, type Fake } from '../support/fakes/fake-module.js';

interface Charge {
  id: string;
  orderId: string;
  amount: Money;
  status: 'charged' | 'declined' | 'refunded' | 'voided';
}

const REASON = 'insufficient-funds';

const newsOf = ({ id, orderId, amount }: Charge) => ({ orderId, chargeId: id, ...amount });

/** Billing in memory. It takes every payment, but for the next one after `POST /charges/decline`. */
export const fake: Fake = (module) => {
  const charges = module.rows<Charge>();
  const toDecline = module.rows<true>();

  const charge = (key: string, orderId: string, amount: Money) => {
    const declined = toDecline.delete('next');
    const made: Charge = { id: newId(), orderId, amount, status: 'charged' };
    if (declined) made.status = 'declined';
    charges.set(key, made);
    if (!declined) module.feed.publish(PaymentCharged, newsOf(made));
    else module.feed.publish(PaymentDeclined, { ...newsOf(made), reason: REASON });
    if (declined) throw new ChargeDeclined({ reason: REASON });
    return { chargeId: made.id };
  };
  const refund = (key: string) => {
    const made = charges.get(key);
    module.refuseFromNowOn('charge', key, new ChargeVoided({ key }));
    if (made?.status !== 'charged') {
      if (made) made.status = 'voided';
      return { refunded: null };
    }
    made.status = 'refunded';
    module.feed.publish(PaymentRefunded, newsOf(made));
    return { refunded: made.amount };
  };

  return {
    answers: answersTo(billingContract, {
      charge: (input) =>
        module.once('charge', input, () => charge(input.key, input.orderId, input.amount)),
      refund: (input) => module.once('refund', input, () => refund(input.key)),
    }),
    path: 'charges',
    routes: (server) => {
      server.get<{ Querystring: { orderId: string } }>('/charges', ({ query }) => ({
        items: [...charges.values()].filter(({ orderId }) => orderId === query.orderId),
        next: null,
      }));
      server.post('/charges/decline', () => ({ next: toDecline.set('next', true).size }));
    },
  };
};
