import type { OrderView } from './orders.schemas.js';
import type { OrderStatus } from './prisma/enums.js';

/** An order as this module keeps it: priced for good, and either settled or still `placing`. */
export interface Order {
  id: string;
  status: OrderStatus;
  customerId: string;
  placedAt: Date;
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

export const viewOf = ({ id, customerId, placedAt, currency, total, lines }: Order): OrderView => ({
  id,
  customerId,
  placedAt: placedAt.toISOString(),
  total: { amount: total, currency },
  lines: lines.map(({ sku, name, quantity, amount }) => ({
    sku,
    name,
    quantity,
    price: { amount, currency },
  })),
});
