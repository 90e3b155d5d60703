import { z } from 'zod';
import { defineContract, query } from '#platform/contracts';
import { id } from '#platform/http';

const customer = z.strictObject({ id, name: z.string(), email: z.string() });

/** What other modules may ask of customers. */
export const customersContract = defineContract('customers', {
  /** The customers among the given ids that exist, in no particular order. */
  find: query({
    input: z.strictObject({ ids: z.array(id).max(1000) }),
    output: z.array(customer),
  }),
});

export type CustomersContract = typeof customersContract;
