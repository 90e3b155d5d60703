import { z } from 'zod';

/**
 * An id. Those made here are of version 7, so that they sort by the time of their making; any other
 * UUID is well formed too, and just names nothing.
 */
export const id = z.guid('must be a UUID').toLowerCase();

/** Money in minor units of its currency: 1999 EUR is 19.99 euros. */
export const money = z.strictObject({
  amount: z.int().min(0).max(1_000_000_000),
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be a currency code of ISO 4217, such as EUR'),
});

export type Money = z.infer<typeof money>;

/** Text for people: no control characters (Postgres cannot store NUL), and not only spaces. */
export const text = (longest: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(longest)
    .regex(/^\P{Cc}*$/u, 'must not contain control characters');

// only: any of catalog, inventory, orders, shipping
/** A stock keeping unit: what a product is called by every module. */
export const sku = z
  .string()
  .max(64)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be letters, digits, ".", "_" or "-"');
// only: end

const MOST_ITEMS = 100;

/**
 * The query of a list: how many items, and after which one.
 *
 * @param after the schema of what the list is ordered by
 */
export const paging = <After extends z.ZodType>(after: After) =>
  z.strictObject({
    limit: z
      .string()
      .regex(/^\d{1,4}$/, `must be a whole number from 1 to ${MOST_ITEMS}`)
      .transform(Number)
      .pipe(z.int().min(1).max(MOST_ITEMS))
      .default(20),
    after: after.optional(),
  });

/** A page of a list; `next` goes into `?after=` for the page behind it, and is null at the end. */
export const page = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ items: z.array(item), next: z.string().nullable() });

/** A page of a list. */
export interface Page<Item> {
  items: Item[];
  next: string | null;
}

/**
 * Makes a page of the rows of a query that asked for one row more than the limit.
 *
 * @param cursor what the list is ordered by, of one item
 */
export function pageOf<Item>(
  rows: Item[],
  limit: number,
  cursor: (item: Item) => string,
): Page<Item> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? cursor(last) : null };
}
