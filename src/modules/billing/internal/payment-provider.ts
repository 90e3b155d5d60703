import { z } from 'zod';

/** What the provider says of a payment, in an answer or in a webhook. */
export const payment = z.object({
  /** The key that the payment was asked for under: the charge's own. */
  key: z.string().min(1).max(255),
  id: z.string().min(1).max(255),
  status: z.enum(['succeeded', 'declined', 'refunded', 'voided']),
  reason: z.string().max(255).optional(),
});
export type Payment = z.infer<typeof payment>;

export interface PaymentRequest {
  readonly key: string;
  /** In minor units of the currency. */
  readonly amount: number;
  readonly currency: string;
  /** What the payment is for, as the provider's books shall show it. */
  readonly orderId: string;
}

/**
 * The way to the money, which is outside of the database: so it is asked outside of transactions,
 * and at least once. Acting once is the provider's part, by the key.
 */
export abstract class PaymentProvider {
  /**
   * Takes the money. The same key again gives the payment that there is, whatever became of it.
   *
   * @throws {ModuleUnavailable} when it is not known whether the money was taken: ask again
   */
  abstract charge(request: PaymentRequest): Promise<Payment>;

  /**
   * Gives back what was taken under the key. A payment that the provider has not seen is voided
   * there, so that one that is still on its way takes nothing.
   *
   * @throws {ModuleUnavailable} when it is not known whether the money was given back: ask again
   */
  abstract refund(key: string): Promise<Payment>;
}
