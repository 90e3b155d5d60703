import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Books, Payment } from './books.js';

export const paymentRequest = z.strictObject({
  key: z.string().min(1).max(255),
  amount: z.int().min(0),
  currency: z.string().length(3),
  orderId: z.string(),
});

export const refundRequest = z.strictObject({ key: z.string().min(1).max(255) });

/** What became of a request: the payment, and whether it is news. */
export interface Outcome {
  readonly payment: Payment;
  readonly changed: boolean;
}

/** Takes the money once per key; a key that was seen gives what there is. */
export function pay(
  books: Books,
  request: z.infer<typeof paymentRequest>,
  declined: boolean,
): Outcome {
  const known = books.get(request.key);
  if (known) return { payment: known, changed: false };
  const outcome = declined
    ? ({ status: 'declined', reason: 'insufficient-funds' } as const)
    : ({ status: 'succeeded' } as const);
  return { payment: books.record({ ...request, id: newId(), ...outcome }), changed: true };
}

/** Gives back what was taken under the key, or lets nothing be taken under it from now on. */
export function refund(books: Books, { key }: z.infer<typeof refundRequest>): Outcome {
  const known = books.get(key);
  if (known?.status === 'refunded' || known?.status === 'voided') {
    return { payment: known, changed: false };
  }
  const status = known?.status === 'succeeded' ? 'refunded' : 'voided';
  return { payment: books.record({ key, id: newId(), ...known, status }), changed: true };
}

const newId = () => `pay_${randomUUID()}`;
