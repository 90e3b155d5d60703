import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { type BillingContract, billingContract } from '#modules/billing';
import { type InventoryContract, inventoryContract } from '#modules/inventory';
import { type ShippingContract, shippingContract } from '#modules/shipping';
import { type ContractClient, InjectContract } from '#platform/contracts';
import type { Transaction } from '#platform/database';
import { defineSaga } from '#platform/sagas';
import { CancelOrder } from './cancel-order.saga.js';
import { OrderOutcome } from './order-outcome.js';
import { lockStatus } from './order.statements.js';
import type { OrderStatus } from './prisma/enums.js';
import type { PrismaClient } from './prisma/client.js';

const input = z.strictObject({
  customerId: z.string(),
  lines: z.array(z.strictObject({ sku: z.string(), quantity: z.int() })),
  total: z.strictObject({ amount: z.int(), currency: z.string() }),
});

/**
 * Takes an order from `pending` to `confirmed`, with its stock reserved, its price charged and its
 * shipment scheduled, or to `cancelled` with none of these. The saga has the order's id.
 */
@Injectable()
export class PlaceOrder {
  readonly saga = defineSaga('place-order', input)
    .step('reserve', {
      run: ({ key, input: { lines } }) => this.inventory.reserve({ key, lines }),
      compensate: ({ key }) => this.inventory.release({ key }),
    })
    .step('charge', {
      run: ({ id, key, input: { customerId, total } }) =>
        this.billing.charge({ key, orderId: id, customerId, amount: total }),
      compensate: ({ key }) => this.billing.refund({ key }),
    })
    .step('schedule', {
      // A parcel may be on its way before the answer is here.
      pivot: true,
      run: ({ id, key, input: { lines } }) => this.shipping.schedule({ key, orderId: id, lines }),
    })
    .ends<Transaction<PrismaClient>>({
      completed: async (tx, { id }) => {
        const [order] = await tx.$queryRaw<{ status: OrderStatus }[]>(lockStatus(id));
        // Somebody wished to cancel it when it was too late to stop this saga.
        if (order?.status === 'cancelling') await this.cancelOrder.begin(tx, id);
        else await this.outcome.confirmed(tx, id);
      },
      compensated: (tx, { id, reason }) => this.outcome.cancelled(tx, id, reason),
    });

  constructor(
    @InjectContract(inventoryContract)
    private readonly inventory: ContractClient<InventoryContract>,
    @InjectContract(billingContract) private readonly billing: ContractClient<BillingContract>,
    @InjectContract(shippingContract) private readonly shipping: ContractClient<ShippingContract>,
    private readonly cancelOrder: CancelOrder,
    private readonly outcome: OrderOutcome,
  ) {}
}
