import { z } from 'zod';
import { id, page, paging, text } from '#platform/http';

const name = text(200);
// Two spellings of one address would be two customers.
const email = z.string().trim().toLowerCase().max(254).pipe(z.email());

export const registration = z.strictObject({ name, email });
export type Registration = z.infer<typeof registration>;

export const correction = z
  .strictObject({ name: name.optional(), email: email.optional() })
  .refine((given) => Object.keys(given).length > 0, 'must name at least one field to change');
export type Correction = z.infer<typeof correction>;

export const customer = z.strictObject({
  id,
  name: z.string(),
  email: z.string(),
  createdAt: z.iso.datetime(),
});
export type CustomerView = z.infer<typeof customer>;

export const customerPage = page(customer);
export const customerPaging = paging(id);
export type CustomerPaging = z.infer<typeof customerPaging>;
