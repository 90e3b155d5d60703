import { z } from 'zod';
import { defineEvent, defineFeed } from '#platform/events';

const shipment = z.strictObject({ orderId: z.string(), shipmentId: z.string() });
const time = z.iso.datetime();
// So that those who hear of an order's shipment hear of it in order.
const subject = ({ orderId }: { orderId: string }) => orderId;

/** An order is to be brought until that time. */
export const ShipmentScheduled = defineEvent('shipping.shipment-scheduled.v1', {
  subject,
  data: shipment.extend({ dueAt: time }),
});

export const ShipmentDelivered = defineEvent('shipping.shipment-delivered.v1', {
  subject,
  data: shipment.extend({ deliveredAt: time }),
});

/** It will not be brought. */
export const ShipmentCancelled = defineEvent('shipping.shipment-cancelled.v1', {
  subject,
  data: shipment,
});

export const shippingFeed = defineFeed('shipping', [
  ShipmentScheduled,
  ShipmentDelivered,
  ShipmentCancelled,
]);
