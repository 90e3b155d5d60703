import { z } from 'zod';
import { defineContract, query } from '#platform/contracts';
import { money } from '#platform/http';

const product = z.strictObject({ sku: z.string(), name: z.string(), price: money });

/** What other modules may ask of the catalog. */
export const catalogContract = defineContract('catalog', {
  /** The products among the given SKUs that exist, with today's price, in no particular order. */
  find: query({
    input: z.strictObject({ skus: z.array(z.string()).max(1000) }),
    output: z.array(product),
  }),
});

export type CatalogContract = typeof catalogContract;
