import { z } from 'zod';
import { id, page, paging } from '#platform/http';
import { ShipmentStatus } from './prisma/enums.js';

const time = z.iso.datetime();

export const lines = z.array(z.strictObject({ sku: z.string(), quantity: z.int() }));

export const shipment = z.strictObject({
  id,
  orderId: id,
  status: z.enum(ShipmentStatus),
  lines,
  scheduledAt: time,
  dueAt: time,
  deliveredAt: time.nullable(),
  cancelledAt: time.nullable(),
});
export type ShipmentView = z.infer<typeof shipment>;

export const shipmentPage = page(shipment);
export const shipmentPaging = paging(id).extend({ orderId: id });
export type ShipmentPaging = z.infer<typeof shipmentPaging>;
