import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { Transaction } from '#platform/database';
import { defineSaga } from '#platform/sagas';
import { ConfirmationMail } from './confirmation-mail.js';
import type { PrismaClient } from './prisma/client.js';

/**
 * Sends the confirmation of an order, for as long as it takes to send it. A mail cannot be taken
 * back, nor sent and noted in one transaction: it may go out twice, under one Message-ID.
 */
@Injectable()
export class SendConfirmation {
  readonly saga = defineSaga('send-confirmation', z.strictObject({ orderId: z.string() }))
    .step('mail', {
      pivot: true,
      timeout: 30_000,
      run: ({ input: { orderId } }) => this.mail.send(orderId),
    })
    .ends<Transaction<PrismaClient>>({
      completed: () => Promise.resolve(),
      compensated: () => Promise.resolve(),
    });

  constructor(private readonly mail: ConfirmationMail) {}
}
