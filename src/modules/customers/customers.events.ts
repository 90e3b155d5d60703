import { z } from 'zod';
import { defineEvent, defineFeed } from '#platform/events';

const customer = z.strictObject({ customerId: z.string(), name: z.string(), email: z.string() });
const subject = ({ customerId }: { customerId: string }) => customerId;

export const CustomerRegistered = defineEvent('customers.customer-registered.v1', {
  subject,
  data: customer,
});

/** A customer's name or e-mail address was corrected; it tells both as they are now. */
export const CustomerRenamed = defineEvent('customers.customer-renamed.v1', {
  subject,
  data: customer,
});

export const customersFeed = defineFeed('customers', [CustomerRegistered, CustomerRenamed]);
