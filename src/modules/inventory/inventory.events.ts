import { z } from 'zod';
import { defineEvent, defineFeed } from '#platform/events';

const reservation = z.strictObject({
  key: z.string(),
  lines: z.array(z.strictObject({ sku: z.string(), quantity: z.int() })),
});
const subject = ({ key }: { key: string }) => key;

/** A count was taken over: so many pieces are on hand, those reserved included. */
export const StockCounted = defineEvent('inventory.stock-counted.v1', {
  subject: ({ sku }) => sku,
  data: z.strictObject({ sku: z.string(), onHand: z.int() }),
});

/** All of the lines are held back under the key. */
export const StockReserved = defineEvent('inventory.stock-reserved.v1', {
  subject,
  data: reservation,
});

/** What the key held was given back. */
export const StockReleased = defineEvent('inventory.stock-released.v1', {
  subject,
  data: reservation,
});

export const inventoryFeed = defineFeed('inventory', [StockCounted, StockReserved, StockReleased]);
