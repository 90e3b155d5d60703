import { z } from 'zod';
import { defineError } from '#platform/errors';

const shortage = z.strictObject({ sku: z.string(), requested: z.int(), available: z.int() });

export class OutOfStock extends defineError('inventory.out-of-stock', {
  status: 409,
  title: 'There is not enough stock.',
  values: z.strictObject({ shortages: z.array(shortage) }),
}) {}

export class ReservationReleased extends defineError('inventory.reservation-released', {
  status: 409,
  title: 'The reservation under this key was released before.',
  values: z.strictObject({ key: z.string() }),
}) {}

export class StockNotFound extends defineError('inventory.stock-not-found', {
  status: 404,
  title: 'No stock is kept of this SKU.',
  values: z.strictObject({ sku: z.string() }),
}) {}

export class CountBelowReserved extends defineError('inventory.count-below-reserved', {
  status: 409,
  title: 'More is reserved than would be on hand.',
  values: z.strictObject({ sku: z.string(), onHand: z.int() }),
}) {}
