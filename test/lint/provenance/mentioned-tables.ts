import { type Case, CLIENT, tables } from './expected.js';

/** Tables that show in the type of what a face exports. */
export const mentionedTables: Case[] = [
  [
    'returned',
    'what a function returns',
    `import type { Order } from '${CLIENT}';
     export function findOrder(id: string): Promise<Order[]> { throw new Error(id); }`,
    tables('Order', 'client.ts', 'findOrder() → Promise<Order[]>'),
  ],
  [
    'parameter',
    'what a function takes',
    `import type { Order } from '${CLIENT}'; export const total = (order: Order): number => order.total;`,
    tables('Order', 'client.ts', 'total → (order)'),
  ],
  [
    'transaction',
    'a transaction',
    `import type { Prisma } from '${CLIENT}';
     export const within = (work: (tx: Prisma.TransactionClient) => void): void => void work;`,
    tables('TransactionClient', 'internal/prismaNamespace.ts', 'within → (work) → (tx)'),
  ],
  [
    'argument',
    'the argument of a generic type',
    `import type { Order } from '${CLIENT}'; export type Sales = ReadonlyMap<string, Order | null>;`,
    tables('Order', 'client.ts', 'Sales'),
  ],
  [
    'bound',
    'the bound of a type parameter',
    `import type { Order } from '${CLIENT}'; export const of = <T extends Order>(given: T): T => given;`,
    tables('Order', 'client.ts', 'of'),
  ],
  [
    'contract',
    'a schema in a contract',
    `import { z } from 'zod';
     import { defineContract, query } from '#platform/contracts';
     import type { Order } from '${CLIENT}';
     export const theContract = defineContract('contract', {
       find: query({ input: z.strictObject({}), output: z.array(z.strictObject({ order: z.custom<Order>() })) }),
     });`,
    tables(
      'Compute',
      'node_modules/@prisma/client/runtime/client.d.ts',
      'theContract → .find → .order',
    ),
  ],
  [
    'inferred',
    'a return type that nobody wrote',
    `import type { OwnService } from './internal/own.service.js';
     const service = {} as OwnService;
     export const all = async () => ({ rows: (await service.orders()).map((row) => ({ ...row, by: 'me' })) });`,
    tables(
      '$OrderPayload',
      'models/Order.ts',
      'all → Promise<{ rows: { by: string; id: string; status: OrderStatus; total: number; }[]; }> → .rows → .id',
    ),
  ],
  [
    'selected',
    'selected columns',
    `import type { OwnService } from './internal/own.service.js';
     const service = {} as OwnService;
     export const totals = () => service.totals();`,
    tables(
      'GetFindResult',
      'node_modules/@prisma/client/runtime/client.d.ts',
      'totals → Promise<{ total: number; }[]>',
    ),
  ],
  [
    'awaited',
    'what another function would give',
    `import type { OwnService } from './internal/own.service.js';
     const totals = () => ({}) as unknown as ReturnType<OwnService['totals']>;
     export type Rows = Awaited<ReturnType<typeof totals>>;`,
    tables('GetFindResult', 'node_modules/@prisma/client/runtime/client.d.ts', 'Rows'),
  ],
  [
    'queried',
    'the type of a client',
    `import type { PrismaClient } from '${CLIENT}';
     declare const client: PrismaClient;
     export type Tables = typeof client;`,
    tables('PrismaClient', 'client.ts', 'Tables'),
  ],
  [
    'picked',
    'a part of a model',
    `import type { Order } from '${CLIENT}'; export type Id = Pick<Order, 'id'>;`,
    tables('Order', 'client.ts', 'Id'),
  ],
  [
    'mapped',
    'the columns with other types',
    `import type { Order } from '${CLIENT}'; export type Filled = { [K in keyof Order]: boolean };`,
    tables('Order', 'client.ts', 'Filled'),
  ],
  [
    'column',
    'the type of a column',
    `import type { Order } from '${CLIENT}'; export interface Sale { total: Order['total'] }`,
    tables('Order', 'client.ts', 'Sale → .total'),
  ],
  [
    'columns',
    "the columns' names",
    `import type { Order } from '${CLIENT}';
     type Local = Order;
     export type Column = keyof Local;`,
    tables('Order', 'client.ts', 'Column'),
  ],
  [
    'conditional',
    'what a conditional type finds',
    `import type { Order } from '${CLIENT}';
     export type Sale<T> = T extends string ? Order : never;`,
    tables('Order', 'client.ts', 'Sale'),
  ],
  [
    'guarded',
    'a type guard',
    `import type { Order } from '${CLIENT}';
     export const isOrder = (given: unknown): given is Order => given !== null;`,
    tables('Order', 'client.ts', 'isOrder → given is Order'),
  ],
  [
    'protectedmember',
    'a protected member',
    `import type { Order } from '${CLIENT}';
     export abstract class Sale { protected abstract order: Order; }`,
    tables('Order', 'client.ts', 'Sale → .order'),
  ],
  [
    'recursive',
    'a model at the bottom of a recursive type',
    `import type { Order } from '${CLIENT}';
     export interface Tree<T> { children: Tree<T[]>[]; leaf: T }
     export type Forest = Tree<Order>;`,
    tables('Order', 'client.ts', 'Forest'),
  ],
  [
    'anenum',
    'a schema made from an enum of the tables',
    `import { z } from 'zod';
     import { OrderStatus } from '${CLIENT}';
     export const status = z.enum(OrderStatus);`,
    tables('OrderStatus', 'enums.ts', 'status'),
  ],
  [
    'decimal',
    "a type of Prisma's",
    `import type { Prisma } from '${CLIENT}'; export interface Sale { where?: Prisma.OrderWhereInput }`,
    tables('OrderWhereInput', 'models/Order.ts', 'Sale → .where'),
  ],
  [
    'indexed',
    'an index signature',
    `import type { Order } from '${CLIENT}'; export interface Sales { [id: string]: Order['id'] }`,
    tables('Order', 'client.ts', 'Sales'),
  ],
  [
    'staticmember',
    'a static member',
    `import type { PrismaClient } from '${CLIENT}';
     export class Sales { static client: () => PrismaClient | undefined = () => undefined; }`,
    tables('PrismaClient', 'client.ts', 'Sales → .client'),
  ],
  [
    'overloaded',
    'one of several signatures',
    `import type { Order } from '${CLIENT}';
     export function find(id: string): string;
     export function find(id: number): Order;
     export function find(id: unknown): never { throw new Error(String(id)); }`,
    tables('Order', 'client.ts', 'find() → Order'),
  ],
  [
    'mixin',
    'a class that a function makes',
    `import type { Order } from '${CLIENT}';
     const keeping = <T>(value: T) => class { value = value; };
     export class Sale extends keeping({} as Order) {}`,
    tables(
      'Compute',
      'node_modules/@prisma/client/runtime/client.d.ts',
      'Sale → extends keeping<{ id: string; status: OrderStatus; total: number; }>.(Anonymous class)',
    ),
  ],
  [
    'inferredguard',
    'a type guard that nobody wrote',
    `import { isOrder } from './internal/own.service.js';
     export const isMine = (given: unknown) => isOrder(given);`,
    tables('Compute', 'node_modules/@prisma/client/runtime/client.d.ts', 'isMine'),
  ],
  [
    'inferredunion',
    'one of several types',
    `import type { OwnService } from './internal/own.service.js';
     const service = {} as OwnService;
     export const first = async () => (await service.orders())[0] ?? 'none';`,
    tables(
      'Compute',
      'node_modules/@prisma/client/runtime/client.d.ts',
      'first → Promise<{ id: string; status: OrderStatus; total: number; } | "none">',
    ),
  ],
  [
    'deferred',
    'a conditional type that is open yet',
    `import { look } from './internal/own.service.js';
     export const found = <T>(what: T) => look(what);`,
    tables(
      'Compute',
      'node_modules/@prisma/client/runtime/client.d.ts',
      'found → T extends string ? { id: string; status: OrderStatus; total: number; } : null',
    ),
  ],
];
