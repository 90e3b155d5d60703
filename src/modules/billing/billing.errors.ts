import { z } from 'zod';
import { defineError } from '#platform/errors';

export class ChargeDeclined extends defineError('billing.charge-declined', {
  status: 402,
  title: 'The payment was declined.',
  values: z.strictObject({ reason: z.string() }),
}) {}

export class ChargeVoided extends defineError('billing.charge-voided', {
  status: 409,
  title: 'The charge under this key was refunded or voided before.',
  values: z.strictObject({ key: z.string() }),
}) {}

export class ChargeNotFound extends defineError('billing.charge-not-found', {
  status: 404,
  title: 'There is no such charge.',
  values: z.strictObject({ id: z.string() }),
}) {}

export class SignatureInvalid extends defineError('billing.signature-invalid', {
  status: 403,
  title: 'The signature is not that of the payment provider, or is too old.',
  values: z.strictObject({}),
}) {}
