import { z } from 'zod';
import { defineContract, mutation } from '#platform/contracts';
import { sku } from '#platform/http';
import { OutOfStock, ReservationReleased } from './inventory.errors.js';

const line = z.strictObject({ sku, quantity: z.int().min(1).max(1_000_000) });

const lines = z
  .array(line)
  .min(1)
  .max(1000)
  .refine((given) => new Set(given.map(({ sku }) => sku)).size === given.length, {
    message: 'must name each SKU once',
  });

/** What other modules may ask of inventory. */
export const inventoryContract = defineContract('inventory', {
  /** Holds back all of the lines under the key, or none of them. */
  reserve: mutation({
    input: z.strictObject({ lines }),
    output: z.strictObject({ lines: z.array(line) }),
    errors: [OutOfStock, ReservationReleased],
  }),
  /**
   * Compensates `reserve` of the same key: gives back what it holds. A reservation never seen is
   * noted as released, so that a late one under that key is refused.
   */
  release: mutation({
    input: z.strictObject({}),
    output: z.strictObject({ lines: z.array(line) }),
  }),
});

export type InventoryContract = typeof inventoryContract;
