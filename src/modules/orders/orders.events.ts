import { z } from 'zod';
import { defineEvent, defineFeed } from '#platform/events';
import { money } from '#platform/http';

const subject = ({ orderId }: { orderId: string }) => orderId;

const total = money.extend({ amount: z.int().min(0) });

/** Written down; whether it can be had is not known yet. */
export const OrderPlaced = defineEvent('orders.order-placed.v1', {
  subject,
  data: z.strictObject({
    orderId: z.string(),
    customerId: z.string(),
    placedAt: z.iso.datetime(),
    total,
    lines: z.array(
      z.strictObject({ sku: z.string(), name: z.string(), quantity: z.int(), amount: z.int() }),
    ),
  }),
});

/** Reserved, charged and scheduled. */
export const OrderConfirmed = defineEvent('orders.order-confirmed.v1', {
  subject,
  data: z.strictObject({ orderId: z.string(), confirmedAt: z.iso.datetime() }),
});

/** Nothing of it is reserved, charged or scheduled any more. */
export const OrderCancelled = defineEvent('orders.order-cancelled.v1', {
  subject,
  data: z.strictObject({ orderId: z.string(), reason: z.string() }),
});

/** What orders tells. */
export const ordersFeed = defineFeed('orders', [OrderPlaced, OrderConfirmed, OrderCancelled]);
