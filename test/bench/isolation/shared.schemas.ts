import { z } from 'zod';
import { id, sku } from '#platform/http';

/** As the module orders validates it. */
export const placing = z.strictObject({
  customerId: id,
  lines: z
    .array(z.strictObject({ sku, quantity: z.int().min(1).max(10_000) }))
    .min(1)
    .max(100),
});
export type Placing = z.infer<typeof placing>;

const day = z.iso.date('must be a day such as 2026-01-31');
export const days = z.strictObject({ from: day, to: day });
export type Days = z.infer<typeof days>;
