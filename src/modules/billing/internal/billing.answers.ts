import { Injectable } from '@nestjs/common';
import type { Implementation } from '#platform/contracts';
import { ModuleUnavailable } from '#platform/errors';
import { faultPoint } from '#platform/fault';
import { type Money, newId } from '#platform/http';
import type { BillingContract } from '../billing.contract.js';
import { BillingDatabase } from './billing.database.js';
import { answerOf, type Charge, type ChargeInput, refuseOther } from './charge.js';
import { begin, findByKey, giveUp } from './charge.statements.js';
import { type Payment, PaymentProvider } from './payment-provider.js';
import { Settlement } from './settlement.js';

/**
 * Answers other modules. The intent is written down before the provider is asked, and what it said
 * afterwards: so a repeated call goes on where one was cut off, and the row is the remembered answer.
 */
@Injectable()
export class BillingAnswers implements Implementation<BillingContract> {
  constructor(
    private readonly db: BillingDatabase,
    private readonly provider: PaymentProvider,
    private readonly settlement: Settlement,
  ) {}

  async charge({ key, ...input }: { key: string } & ChargeInput): Promise<{ chargeId: string }> {
    const [begun] = await this.db.query<Charge>(begin(newId(), key, input));
    const { orderId, amount } = input;
    refuseOther(begun as Charge, input);
    const charge = await this.settled(begun as Charge, 'pending', () =>
      this.provider.charge({ key, orderId, ...amount }),
    );
    // Its refund may have come in between.
    refuseOther(charge, input);
    return answerOf(charge);
  }

  async refund({ key }: { key: string }): Promise<{ refunded: Money | null }> {
    const [given] = await this.db.query<Charge>(giveUp(newId(), key));
    const { status, amount, currency } = await this.settled(given as Charge, 'refunding', () =>
      this.provider.refund(key),
    );
    return { refunded: status === 'refunded' ? { amount, currency } : null };
  }

  /** The charge once it is no longer open, for which the provider is asked if it is. */
  private async settled(
    charge: Charge,
    open: Charge['status'],
    ask: () => Promise<Payment>,
  ): Promise<Charge> {
    if (charge.status !== open) return charge;
    await faultPoint('billing.before-provider');
    const payment = await ask();
    await faultPoint('billing.before-outcome');
    await this.settlement.settle(payment);
    await faultPoint('billing.after-outcome');
    const [after] = await this.db.query<Charge>(findByKey(charge.key));
    if (after && after.status !== open) return after;
    throw new ModuleUnavailable(
      { module: 'billing' },
      { cause: new Error(`The provider's answer leaves the charge "${charge.id}" ${open}`) },
    );
  }
}
