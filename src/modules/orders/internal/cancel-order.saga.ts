import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { type BillingContract, billingContract } from '#modules/billing';
import { type InventoryContract, inventoryContract } from '#modules/inventory';
import { type ShippingContract, shippingContract } from '#modules/shipping';
import { type ContractClient, InjectContract } from '#platform/contracts';
import type { Transaction } from '#platform/database';
import { defineSaga, type Reason } from '#platform/sagas';
import { OrderOutcome } from './order-outcome.js';
import type { PrismaClient } from './prisma/client.js';

/** Why an order is cancelled that nothing was wrong with. */
export const CANCELLED_BY_REQUEST: Reason = {
  code: 'orders.cancelled-by-request',
  title: 'It was cancelled by request.',
};

/**
 * Gives back all that a placed order got, under the keys by which its saga got it: unless its
 * shipment has been delivered, upon which it stays confirmed. The saga has the order's id and
 * ":cancel"; only one is ever started, since a delivery is for good.
 */
@Injectable()
export class CancelOrder {
  readonly saga = defineSaga('cancel-order', z.strictObject({ orderId: z.string() }))
    .step('shipment', {
      pivot: true,
      run: ({ input: { orderId } }) => this.shipping.cancel({ key: `${orderId}:schedule` }),
    })
    .step('charge', {
      run: ({ input: { orderId } }) => this.billing.refund({ key: `${orderId}:charge` }),
    })
    .step('stock', {
      run: ({ input: { orderId } }) => this.inventory.release({ key: `${orderId}:reserve` }),
    })
    .ends<Transaction<PrismaClient>>({
      completed: (tx, { input: { orderId } }) =>
        this.outcome.cancelled(tx, orderId, CANCELLED_BY_REQUEST),
      compensated: (tx, { input: { orderId }, reason }) => this.outcome.kept(tx, orderId, reason),
    });

  constructor(
    @InjectContract(inventoryContract)
    private readonly inventory: ContractClient<InventoryContract>,
    @InjectContract(billingContract) private readonly billing: ContractClient<BillingContract>,
    @InjectContract(shippingContract) private readonly shipping: ContractClient<ShippingContract>,
    private readonly outcome: OrderOutcome,
  ) {}

  begin(tx: Transaction<PrismaClient>, orderId: string): Promise<void> {
    return this.saga.start(tx, `${orderId}:cancel`, { orderId });
  }
}
