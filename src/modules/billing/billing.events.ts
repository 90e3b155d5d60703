import { z } from 'zod';
import { defineEvent, defineFeed } from '#platform/events';

const charge = z.strictObject({
  orderId: z.string(),
  chargeId: z.string(),
  /** In minor units of the currency. */
  amount: z.int(),
  currency: z.string(),
});
// An order is charged and refunded once, and those who hear of it want that in order.
const subject = ({ orderId }: { orderId: string }) => orderId;

/** The money for an order was taken. */
export const PaymentCharged = defineEvent('billing.payment-charged.v1', { subject, data: charge });

/** The money for an order could not be taken. */
export const PaymentDeclined = defineEvent('billing.payment-declined.v1', {
  subject,
  data: charge.extend({ reason: z.string() }),
});

/** What was taken for an order was given back: all of it, and never before it was published as taken. */
export const PaymentRefunded = defineEvent('billing.payment-refunded.v1', {
  subject,
  data: charge,
});

export const billingFeed = defineFeed('billing', [
  PaymentCharged,
  PaymentDeclined,
  PaymentRefunded,
]);
