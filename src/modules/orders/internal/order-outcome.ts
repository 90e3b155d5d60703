import { Injectable } from '@nestjs/common';
import type { Transaction } from '#platform/database';
import type { Reason } from '#platform/sagas';
import { OrderCancelled, OrderConfirmed } from '../orders.events.js';
import { cancelled, confirmed, kept } from './order.statements.js';
import type { PrismaClient } from './prisma/client.js';
import { SendConfirmation } from './send-confirmation.saga.js';

type Tx = Transaction<PrismaClient>;

/** Writes down what came of an order, in the transaction that ends its saga, and tells of it. */
@Injectable()
export class OrderOutcome {
  constructor(private readonly sendConfirmation: SendConfirmation) {}

  async confirmed(tx: Tx, orderId: string): Promise<void> {
    const [order] = await tx.$queryRaw<{ confirmedAt: Date }[]>(confirmed(orderId));
    if (!order) return;
    const confirmedAt = order.confirmedAt.toISOString();
    await tx.publish(OrderConfirmed, { orderId, confirmedAt });
    await this.sendConfirmation.saga.start(tx, `${orderId}:confirmation`, { orderId });
  }

  async cancelled(tx: Tx, orderId: string, reason: Reason): Promise<void> {
    await tx.$executeRaw(cancelled(orderId, reason));
    await tx.publish(OrderCancelled, { orderId, reason: reason.code });
  }

  /** It could not be cancelled any more, for a reason that whoever wished it may read. */
  async kept(tx: Tx, orderId: string, reason: Reason): Promise<void> {
    const [order] = await tx.$queryRaw<{ confirmedBefore: boolean }[]>(kept(orderId, reason));
    if (order?.confirmedBefore === false) await this.confirmed(tx, orderId);
  }
}
