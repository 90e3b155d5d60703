import { z } from 'zod';
import { id, money, page, paging, sku } from '#platform/http';

const MOST_LINES = 100;
const MOST_PIECES = 10_000;

const line = z.strictObject({ sku, quantity: z.int().min(1).max(MOST_PIECES) });
export type Line = z.infer<typeof line>;

export const request = z.strictObject({
  customerId: id,
  lines: z.array(line).min(1).max(MOST_LINES),
});
export type OrderRequest = z.infer<typeof request>;

// A total is a hundred prices times ten thousand, which money as people type it may not reach.
const total = money.extend({ amount: z.int().min(0) });

const reason = z.object({ code: z.string(), title: z.string(), values: z.unknown().optional() });

export const order = z.strictObject({
  id,
  status: z.enum(['pending', 'confirmed', 'cancelling', 'cancelled']),
  /** Why it was cancelled, or could not be. */
  reason: reason.optional(),
  customerId: id,
  placedAt: z.iso.datetime(),
  total,
  lines: z.array(
    z.strictObject({ sku: z.string(), name: z.string(), quantity: z.int(), price: money }),
  ),
});
export type OrderView = z.infer<typeof order>;

export const orderPage = page(order);
export const orderPaging = paging(id).extend({ customerId: id });
export type OrderPaging = z.infer<typeof orderPaging>;
