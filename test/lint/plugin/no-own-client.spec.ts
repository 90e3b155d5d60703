import { tryRule } from './rule-tester.js';

const LINK = 'See docs/resolving-violations.md#sql';
const leaving = (name: string) =>
  `"loans" uses ${name}, by which its statements leave the runner that may run them again. Which statements are they? Use query or transaction of the module's database class. ${LINK}`;
const client = (name: string) =>
  `"loans" takes the class ${name}, by which it could connect on its own. Which statement is to run? Give the class to defineModule alone, and use query or transaction of the module's database class. ${LINK}`;
const database = (name: string) =>
  `"loans" makes a ${name} beside the one that it is given. Which statement is to run? Inject the class. ${LINK}`;

const generated = (code: string) => `import { PrismaClient } from './prisma/client.js';\n${code}`;

tryRule('no-own-client', {
  passes: [
    generated(`class A extends ModuleDatabase<PrismaClient> {}`),
    generated(
      `import { defineModule } from '#platform/define-module';
       defineModule(manifest, { database: { type: LoansDatabase, client: PrismaClient } });`,
    ),
    `import type { PrismaClient } from './prisma/client.js';`,
    `import { OrderStatus, Prisma } from './prisma/client.js'; look(OrderStatus.placed);`,
    `db.query((prisma) => prisma.order.findMany()); db.transaction((tx) => tx.$executeRaw(it));`,
    `import { LoansDatabase } from './loans.database.js'; class A { constructor(db: LoansDatabase) {} }`,
    `new LoansDatabase();`,
  ],
  refuses: [
    ...['$transaction', '$extends', '$connect', '$disconnect', '$on', '$use'].map((name) => ({
      code: `db.query((prisma) => (prisma as any).${name}());`,
      message: leaving(name),
    })),
    { code: `prisma?.['$transaction']([]);`, message: leaving('$transaction') },
    { code: `const { $extends } = prisma;`, message: leaving('$extends') },
    { code: generated(`new PrismaClient();`), message: client('PrismaClient') },
    { code: generated(`const Client = PrismaClient;`), message: client('PrismaClient') },
    { code: generated(`const it = { client: PrismaClient };`), message: client('PrismaClient') },
    {
      code: `import { PrismaClient as Client } from '../internal/prisma/client.js'; new Client();`,
      message: client('PrismaClient'),
    },
    { code: `export { PrismaClient } from './prisma/client.js';`, message: client('PrismaClient') },
    { code: generated(`export { PrismaClient };`), message: client('PrismaClient') },
    {
      code: `import * as generated from './prisma/client.js'; new generated.PrismaClient();`,
      message: client('PrismaClient'),
    },
    {
      code: `import { getPrismaClientClass } from './prisma/internal/class.js'; getPrismaClientClass();`,
      message: client('getPrismaClientClass'),
    },
    {
      code: `import { LoansDatabase } from './loans.database.js'; new LoansDatabase(options, client);`,
      message: database('LoansDatabase'),
    },
    {
      code: `import { ModuleDatabase } from '#platform/database'; new ModuleDatabase(options, client);`,
      message: database('ModuleDatabase'),
    },
  ],
});
