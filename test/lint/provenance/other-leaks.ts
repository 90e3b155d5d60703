import { type Case, CLIENT, database, foreign, internal } from './expected.js';

/** What else a face may not hand out. */
export const otherLeaks: Case[] = [
  [
    'subclass',
    'a class of database access',
    `import { OwnDatabase } from './internal/own.database.js';
     export class Sales extends OwnDatabase {}`,
    internal('OwnDatabase', 'own.database.ts', 'Sales'),
  ],
  [
    'access',
    "the platform's database access",
    `export { ModuleDatabase } from '#platform/database';`,
    database('ModuleDatabase', 'src/platform/database/module-database.ts', 'ModuleDatabase'),
  ],
  [
    'subclassed',
    "a class on the platform's database access",
    `import { ModuleDatabase } from '#platform/database';
     import type { PrismaClient } from '${CLIENT}';
     export class Sales extends ModuleDatabase<PrismaClient> {}`,
    database('ModuleDatabase', 'src/platform/database/module-database.ts', 'Sales'),
  ],
  [
    'statement',
    'a written statement',
    `import { sql } from '#platform/database'; export const sales = sql\`select 1 from orders\`;`,
    database('Sql', 'node_modules/sql-template-tag/dist/index.d.ts', 'sales'),
  ],
  [
    'driver',
    'the driver',
    `export { Pool } from 'pg';`,
    database('Pool', 'node_modules/@types/pg/index.d.ts', 'Pool'),
  ],
  [
    'injected',
    'what a constructor takes',
    `import type { OwnDatabase } from './internal/own.database.js';
     export class SalesModule { constructor(private readonly db: OwnDatabase) { void this.db; } }`,
    internal('OwnDatabase', 'own.database.ts', 'SalesModule → (db)'),
  ],
  [
    'service',
    'its service',
    `export { OwnService } from './internal/own.service.js';`,
    internal('OwnService', 'own.service.ts', 'OwnService'),
  ],
  [
    'helper',
    'a function of its inside',
    `export { priceOf } from './internal/own.service.js';`,
    internal('priceOf', 'own.service.ts', 'priceOf'),
  ],
  [
    'instance',
    'an instance of its service',
    `import type { OwnService } from './internal/own.service.js';
     export declare const service: OwnService;`,
    internal('OwnService', 'own.service.ts', 'service'),
  ],
  [
    'neighbour',
    "another module's inside",
    `export type { OrderView } from '../twin/internal/own.service.js';`,
    foreign('OrderView', 'src/modules/twin/internal/own.service.ts', 'OrderView'),
  ],
  [
    'neighbourface',
    "another module's face",
    `export { TwinModule } from '#modules/twin';`,
    foreign('TwinModule', 'src/modules/twin/index.ts', 'TwinModule'),
  ],
  [
    'neighbourtype',
    "another module's type in a signature",
    `import type { View } from '#modules/twin';
     export const view = (given: View): string => given.id;`,
    foreign('View', 'src/modules/twin/index.ts', 'view → (given)'),
  ],
  [
    'neighbourerror',
    "another module's error in its contract",
    `import { z } from 'zod';
     import { NoSuchOrder } from '#modules/twin';
     import { defineContract, query } from '#platform/contracts';
     export const theContract = defineContract('neighbourerror', {
       find: query({ input: z.strictObject({}), output: z.string(), errors: [NoSuchOrder] }),
     });`,
    foreign('NoSuchOrder', 'src/modules/twin/index.ts', 'theContract → .find'),
  ],
];
