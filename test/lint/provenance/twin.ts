/** A face with the same fields and the same names as the leaks, all of them its own. */
export const twin = `
  import { z } from 'zod';
  import { defineContract, mutation, query } from '#platform/contracts';
  import { defineError } from '#platform/errors';
  import { OwnDatabase } from './internal/own.database.js';
  import { OwnService, type OrderView } from './internal/own.service.js';

  export class NoSuchOrder extends defineError('twin.no-such-order', {
    status: 404,
    title: 'There is no such order.',
    values: z.strictObject({ id: z.string() }),
  }) {}

  const order = z.strictObject({ id: z.string(), status: z.enum(['placing', 'placed']), total: z.int() });

  export const twinContract = defineContract('twin', {
    find: query({ input: z.strictObject({ ids: z.array(z.string()) }), output: z.array(order) }),
    place: mutation({ input: z.strictObject({ total: z.int() }), output: order, errors: [NoSuchOrder] }),
  });
  export type TwinContract = typeof twinContract;
  export type Order = z.infer<typeof order>;
  export type View = OrderView;

  const inside = (...given: unknown[]) => (type: unknown) => void [type, given];

  @inside(OwnService, OwnDatabase)
  export class TwinModule {
    private readonly service?: OwnService;
    #database?: OwnDatabase;
    count(): number { return [this.service, this.#database].length; }
  }

  export async function findOrder(id: string): Promise<Pick<OrderView, 'id' | 'total'>> {
    const row = (await new OwnService({} as OwnDatabase).orders()).find((each) => each.id === id);
    return { id, total: row?.total ?? 0 };
  }

  export interface Tree<T> { children: Tree<T[]>[]; parent?: Tree<T>; leaf: T }
  export type Deep<T> = T extends unknown ? { leaf: T; deeper: Deep<T[]> } : never;
  export type Endless = Deep<OrderView>;
`;
