import { type Case, CLIENT, tables } from './expected.js';

/** Tables that a face exports, under one name or another. */
export const exportedTables: Case[] = [
  [
    'direct',
    'a model',
    `export type { Order } from '${CLIENT}';`,
    tables('Order', 'client.ts', 'Order'),
  ],
  [
    'client',
    'the client',
    `export { PrismaClient } from '${CLIENT}';`,
    tables('PrismaClient', 'client.ts', 'PrismaClient'),
  ],
  [
    'renamed',
    'a model under another name',
    `export type { Order as O } from '${CLIENT}';`,
    tables('Order', 'client.ts', 'O'),
  ],
  [
    'twohops',
    'a model that was re-exported',
    `export type { Purchase } from './again.js';`,
    tables('Order', 'client.ts', 'Purchase → again.ts'),
  ],
  [
    'star',
    'all that a file exports',
    `export * from './again.js';`,
    tables('Order', 'client.ts', 'Purchase'),
  ],
  [
    'tablestar',
    'all enums',
    `export * from './internal/prisma/enums.js';`,
    tables('OrderStatus', 'enums.ts', 'OrderStatus'),
  ],
  [
    'enums',
    'an enum of the tables',
    `export { OrderStatus } from '${CLIENT}';`,
    tables('OrderStatus', 'enums.ts', 'OrderStatus'),
  ],
  [
    'namespace',
    'a namespace',
    `export * as tables from '${CLIENT}';`,
    tables('*', 'client.ts', 'tables'),
  ],
  [
    'ownspace',
    'a namespace around it',
    `export * as all from './again.js';`,
    tables('Order', 'client.ts', 'all → .Purchase'),
  ],
  [
    'declared',
    'a namespace that it declares',
    `import type { Order } from '${CLIENT}';
     export namespace Shapes { export interface Row { order: Order } }`,
    tables('Order', 'client.ts', 'Shapes → .Row → .order'),
  ],
  [
    'imported',
    'a model that it imported before',
    `import type { Order } from '${CLIENT}'; export type { Order };`,
    tables('Order', 'client.ts', 'Order'),
  ],
  [
    'defaulted',
    'a default export',
    `import { PrismaClient } from '${CLIENT}'; export default PrismaClient;`,
    tables('PrismaClient', 'client.ts', 'default'),
  ],
  [
    'aliased',
    'an alias',
    `import type { Order } from '${CLIENT}'; export type Sale = Order;`,
    tables('Order', 'client.ts', 'Sale'),
  ],
  [
    'importtype',
    'an import type',
    `export type Sale = import('${CLIENT}').Order;`,
    tables('Order', 'client.ts', 'Sale'),
  ],
  [
    'typeofimport',
    'the type of an import',
    `export type Tables = typeof import('${CLIENT}');`,
    tables('*', 'client.ts', 'Tables'),
  ],
  [
    'extending',
    'an interface that extends it',
    `import type { Order } from '${CLIENT}'; export interface Sale extends Order { by: string }`,
    tables('Order', 'client.ts', 'Sale'),
  ],
];
