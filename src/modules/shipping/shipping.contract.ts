import { z } from 'zod';
import { defineContract, mutation } from '#platform/contracts';
import { id, sku } from '#platform/http';
import { AlreadyDelivered, ShipmentCalledOff } from './shipping.errors.js';

const line = z.strictObject({ sku, quantity: z.int().min(1).max(1_000_000) });

/** What other modules may ask of shipping. */
export const shippingContract = defineContract('shipping', {
  /** Plans to bring the lines of an order, once per key, and tells until when. */
  schedule: mutation({
    input: z.strictObject({ orderId: id, lines: z.array(line).min(1).max(1000) }),
    output: z.strictObject({ shipmentId: id, dueAt: z.iso.datetime() }),
    errors: [ShipmentCalledOff],
  }),
  /**
   * Compensates `schedule` of the same key, unless the shipment has been delivered. A shipment never
   * seen is noted as cancelled, so that a late `schedule` under that key is refused.
   */
  cancel: mutation({
    input: z.strictObject({}),
    output: z.strictObject({ cancelled: z.boolean() }),
    errors: [AlreadyDelivered],
  }),
});

export type ShippingContract = typeof shippingContract;
