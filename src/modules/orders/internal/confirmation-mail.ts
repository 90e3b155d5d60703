import { Injectable } from '@nestjs/common';
import { ModuleUnavailable } from '#platform/errors';
import { formatMoney } from '#platform/http';
import { isRefusal } from '#platform/mail';
import { findConfirmation } from './order.statements.js';
import type { OrderLine } from './order.js';
import { OrdersDatabase } from './orders.database.js';
import { OrdersMailer } from './orders.mailer.js';

interface Confirmation {
  id: string;
  name: string;
  email: string;
  currency: string;
  total: number;
  lines: OrderLine[];
}

/** The mail that tells a customer that the order is confirmed, made from this module's own rows. */
@Injectable()
export class ConfirmationMail {
  constructor(
    private readonly db: OrdersDatabase,
    private readonly mailer: OrdersMailer,
  ) {}

  /** @throws {ModuleUnavailable} when it cannot be handed over now, and may be later */
  async send(orderId: string): Promise<void> {
    const [order] = await this.db.query<Confirmation>(findConfirmation(orderId));
    if (!order) throw new Error(`there is nothing to confirm of the order ${orderId}`);
    try {
      await this.mailer.send(`order.${orderId}.confirmation`, {
        to: { name: order.name, address: order.email },
        subject: `Your order ${orderId} is confirmed`,
        text: textOf(order),
      });
    } catch (error) {
      // Refused for good, as an address may be, is another matter: a person must look at that.
      if (isRefusal(error)) throw error;
      throw new ModuleUnavailable({ module: 'orders' }, { cause: error });
    }
  }
}

function textOf({ name, lines, total, currency }: Confirmation): string {
  const price = (amount: number) => formatMoney({ amount, currency });
  return [
    `Dear ${name},`,
    '',
    'thank you for your order. It is confirmed:',
    '',
    ...lines.map((line) => `  ${line.quantity} x ${line.name}, ${price(line.amount)} each`),
    '',
    `In all ${price(total)}.`,
    '',
  ].join('\n');
}
