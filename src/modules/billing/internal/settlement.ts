import { Injectable } from '@nestjs/common';
import type { Transaction } from '#platform/database';
import { PaymentCharged, PaymentDeclined, PaymentRefunded } from '../billing.events.js';
import { BillingDatabase } from './billing.database.js';
import type { Charge } from './charge.js';
import { settle } from './charge.statements.js';
import type { Payment } from './payment-provider.js';
import type { PrismaClient } from './prisma/client.js';

/** One piece of news from the provider, which may come more than once. */
export interface News {
  readonly id: string;
  readonly type: string;
  /** None when the news is of something else. */
  readonly payment: Payment | undefined;
}

/** Moves charges on by what the provider says of their payments, and publishes it, at once. */
@Injectable()
export class Settlement {
  constructor(private readonly db: BillingDatabase) {}

  settle(payment: Payment): Promise<void> {
    const at = new Date();
    return this.db.transaction((tx) => this.apply(tx, payment, at));
  }

  /** Hears news once. */
  hear({ id, type, payment }: News): Promise<void> {
    const at = new Date();
    return this.db.transaction(async (tx) => {
      const data = { id, type, receivedAt: at };
      const { count } = await tx.webhook.createMany({ data, skipDuplicates: true });
      if (count === 1 && payment) await this.apply(tx, payment, at);
    });
  }

  private async apply(tx: Transaction<PrismaClient>, payment: Payment, at: Date): Promise<void> {
    const [charge] = await tx.$queryRaw<(Charge & { first: boolean })[]>(settle(payment, at));
    if (!charge) return;
    const { orderId, id: chargeId, amount, currency, reason, status, first } = charge;
    const news = { orderId, chargeId, amount, currency };
    const taken = status === 'charged' || status === 'refunded';
    if (taken && first) await tx.publish(PaymentCharged, news);
    if (status === 'declined') await tx.publish(PaymentDeclined, { ...news, reason: reason ?? '' });
    if (status === 'refunded') await tx.publish(PaymentRefunded, news);
  }
}
