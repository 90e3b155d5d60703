import { z } from 'zod';

export const count = z.strictObject({ onHand: z.int().min(0).max(1_000_000_000) });
export type Count = z.infer<typeof count>;

export const stock = z.strictObject({
  sku: z.string(),
  onHand: z.int(),
  reserved: z.int(),
  available: z.int(),
});
export type StockView = z.infer<typeof stock>;
