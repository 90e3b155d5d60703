import type { Reason } from '#platform/sagas';
import type { OrderView } from './orders.schemas.js';
import type { OrderStatus } from './prisma/enums.js';

/** An order as this module keeps it, priced for good. */
export interface Order {
  id: string;
  status: OrderStatus;
  customerId: string;
  placedAt: Date;
  /** Why it was cancelled, or could not be. */
  reason: Reason | null;
  currency: string;
  /** In minor units of the currency, the lines' sum. */
  total: number;
  lines: OrderLine[];
}

export interface OrderLine {
  sku: string;
  name: string;
  quantity: number;
  /** Of one piece, in minor units. */
  amount: number;
}

export const viewOf = (order: Order): OrderView => ({
  id: order.id,
  status: order.status,
  ...(order.reason && { reason: order.reason }),
  customerId: order.customerId,
  placedAt: order.placedAt.toISOString(),
  total: totalOf(order),
  lines: order.lines.map(({ sku, name, quantity, amount }) => ({
    sku,
    name,
    quantity,
    price: { amount, currency: order.currency },
  })),
});

export const totalOf = ({ total, currency }: Order) => ({ amount: total, currency });
