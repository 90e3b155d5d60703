import { z } from 'zod';
import { defineError } from '#platform/errors';

export class ShipmentCalledOff extends defineError('shipping.shipment-called-off', {
  status: 409,
  title: 'The shipment under this key was cancelled before.',
  values: z.strictObject({ key: z.string() }),
}) {}

export class AlreadyDelivered extends defineError('shipping.already-delivered', {
  status: 409,
  title: 'The shipment has been delivered, and can no longer be cancelled.',
  values: z.strictObject({ shipmentId: z.string() }),
}) {}

export class ShipmentNotFound extends defineError('shipping.shipment-not-found', {
  status: 404,
  title: 'There is no such shipment.',
  values: z.strictObject({ id: z.string() }),
}) {}
