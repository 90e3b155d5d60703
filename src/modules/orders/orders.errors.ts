import { z } from 'zod';
import { defineError } from '#platform/errors';

export class OrderNotFound extends defineError('orders.order-not-found', {
  status: 404,
  title: 'There is no such order.',
  values: z.strictObject({ id: z.string() }),
}) {}

export class UnknownCustomer extends defineError('orders.unknown-customer', {
  status: 422,
  title: 'The order names a customer who does not exist.',
  values: z.strictObject({ customerId: z.string() }),
}) {}

export class UnknownProduct extends defineError('orders.unknown-product', {
  status: 422,
  title: 'The order names products that do not exist.',
  values: z.strictObject({ skus: z.array(z.string()) }),
}) {}

export class MixedCurrencies extends defineError('orders.mixed-currencies', {
  status: 422,
  title: 'The prices of the products are in different currencies; order them apart.',
  values: z.strictObject({ currencies: z.array(z.string()) }),
}) {}

export class IdempotencyKeyReused extends defineError('orders.idempotency-key-reused', {
  status: 422,
  title: 'This Idempotency-Key was sent before with another body.',
  values: z.strictObject({ idempotencyKey: z.string() }),
}) {}
