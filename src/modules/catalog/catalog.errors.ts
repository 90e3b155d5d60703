import { z } from 'zod';
import { defineError } from '#platform/errors';

export class ProductNotFound extends defineError('catalog.product-not-found', {
  status: 404,
  title: 'There is no such product.',
  values: z.strictObject({ sku: z.string() }),
}) {}

export class SkuTaken extends defineError('catalog.sku-taken', {
  status: 409,
  title: 'Another product has this SKU.',
  values: z.strictObject({ sku: z.string() }),
}) {}
