import { expect } from '@jest/globals';
import { asOwner } from '../../platform/held-lock.js';
import type { Shop } from '../../support/shop.js';

const BY_REQUEST = {
  code: 'orders.cancelled-by-request',
  title: 'It was cancelled by request.',
};

/** What orders has told of an order, in order. */
export async function told(orderId: string): Promise<string[]> {
  const rows = await asOwner<{ type: string }>(
    'orders',
    'select type from feed where subject = $1 order by position',
    [orderId],
  );
  return rows.map(({ type }) => type.replace(/^orders\.order-|\.v1$/g, ''));
}

/** Waits for an order to be cancelled, and looks that it holds nothing of the only product it had. */
export async function expectNothingHeld(
  shop: Shop,
  { orderId, sku }: { orderId: string; sku: string },
  left: { charges: string[]; shipments: string[] },
): Promise<void> {
  expect(await shop.settled(orderId)).toMatchObject({ status: 'cancelled', reason: BY_REQUEST });
  expect(await shop.stock(sku)).toMatchObject({ reserved: 0 });
  expect(await shop.held(orderId)).toEqual(left);
}
