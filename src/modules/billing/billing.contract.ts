import { z } from 'zod';
import { defineContract, mutation } from '#platform/contracts';
import { id, money } from '#platform/http';
import { ChargeDeclined, ChargeVoided } from './billing.errors.js';

// What an order adds up to, which may be more than one price.
const total = money.extend({ amount: z.int().min(0) });

/** What other modules may ask of billing. */
export const billingContract = defineContract('billing', {
  /** Takes the money, once per key. */
  charge: mutation({
    input: z.strictObject({ orderId: id, customerId: id, amount: total }),
    output: z.strictObject({ chargeId: id }),
    errors: [ChargeDeclined, ChargeVoided],
  }),
  /**
   * Compensates `charge` of the same key: gives back what it took, and tells how much that was. A
   * charge that is under way or was never seen is voided, so that a late one is refused.
   */
  refund: mutation({
    input: z.strictObject({}),
    output: z.strictObject({ refunded: total.nullable() }),
  }),
});

export type BillingContract = typeof billingContract;
