import { z } from 'zod';
import { defineError } from '#platform/errors';

export class CustomerNotFound extends defineError('customers.customer-not-found', {
  status: 404,
  title: 'There is no such customer.',
  values: z.strictObject({ id: z.string() }),
}) {}

export class EmailTaken extends defineError('customers.email-taken', {
  status: 409,
  title: 'Another customer has this e-mail address.',
  values: z.strictObject({ email: z.string() }),
}) {}
