import { hashInput } from '#platform/contracts';
import { KeyReused } from '#platform/errors';
import type { Money } from '#platform/http';
import { ChargeDeclined, ChargeVoided } from '../billing.errors.js';
import type { Payment } from './payment-provider.js';
import type { ChargeStatus } from './prisma/enums.js';

/** What a charge is made of. */
export interface ChargeInput {
  orderId: string;
  customerId: string;
  amount: Money;
}

/** A charge as this module keeps it. */
export interface Charge {
  id: string;
  key: string;
  status: ChargeStatus;
  orderId: string;
  customerId: string;
  /** In minor units of the currency. */
  amount: number;
  currency: string;
  reason: string | null;
  createdAt: Date;
  chargedAt: Date | null;
  refundedAt: Date | null;
}

/**
 * What each state of a payment makes of a charge, and of which charges: the provider's news comes
 * late, twice and in any order, and none of it may lead back.
 */
export const OUTCOMES: Readonly<
  Record<Payment['status'], { to: ChargeStatus; from: readonly ChargeStatus[] }>
> = {
  succeeded: { to: 'charged', from: ['pending'] },
  declined: { to: 'declined', from: ['pending'] },
  refunded: { to: 'refunded', from: ['pending', 'charged', 'refunding'] },
  voided: { to: 'voided', from: ['pending', 'refunding'] },
};

const GIVEN_UP: readonly ChargeStatus[] = ['refunding', 'refunded', 'voided'];

/**
 * @throws {ChargeVoided} when its refund came first, whatever the input
 * @throws {KeyReused} when the key was used for another charge
 */
export function refuseOther(charge: Charge, input: ChargeInput): void {
  if (GIVEN_UP.includes(charge.status)) throw new ChargeVoided({ key: charge.key });
  if (hashInput(inputOf(charge)) !== hashInput(input)) throw new KeyReused({ key: charge.key });
}

/**
 * The answer to `charge`, which is the same for as long as the charge is not given up.
 *
 * @throws {ChargeDeclined}
 */
export function answerOf({ id, status, reason }: Charge): { chargeId: string } {
  if (status === 'declined') throw new ChargeDeclined({ reason: reason ?? '' });
  return { chargeId: id };
}

const inputOf = ({ orderId, customerId, amount, currency }: Charge): ChargeInput => ({
  orderId,
  customerId,
  amount: { amount, currency },
});
