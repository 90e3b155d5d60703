import { z } from 'zod';
import { defineEvent, defineFeed } from '#platform/events';
import { money } from '#platform/http';

const product = z.strictObject({ sku: z.string(), name: z.string(), price: money });
const subject = ({ sku }: { sku: string }) => sku;

export const ProductOffered = defineEvent('catalog.product-offered.v1', { subject, data: product });

/** A product's name or price was corrected; it tells both as they are now. */
export const ProductCorrected = defineEvent('catalog.product-corrected.v1', {
  subject,
  data: product,
});

export const catalogFeed = defineFeed('catalog', [ProductOffered, ProductCorrected]);
