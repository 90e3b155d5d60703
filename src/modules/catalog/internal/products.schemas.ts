import { z } from 'zod';
import { money, page, paging, sku, text } from '#platform/http';

const name = text(200);

export const offer = z.strictObject({ sku, name, price: money });
export type Offer = z.infer<typeof offer>;

export const correction = z
  .strictObject({ name: name.optional(), price: money.optional() })
  .refine((given) => Object.keys(given).length > 0, 'must name at least one field to change');
export type Correction = z.infer<typeof correction>;

export const product = z.strictObject({
  sku: z.string(),
  name: z.string(),
  price: money,
  createdAt: z.iso.datetime(),
});
export type ProductView = z.infer<typeof product>;

export const productPage = page(product);
export const productPaging = paging(sku);
export type ProductPaging = z.infer<typeof productPaging>;
