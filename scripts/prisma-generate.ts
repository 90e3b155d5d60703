import { availableParallelism } from 'node:os';
import { command, run } from './lib/cli.js';
import { generateClients } from './lib/prisma-client.js';
import { prismaFolder, readProjectModules } from './lib/project.js';

await run(
  command(
    'prisma:generate',
    "Generates every module's Prisma client from prisma/<module>/schema.prisma.",
  ).action(async () => {
    const modules = readProjectModules();
    const generated = await generateClients(prismaFolder, modules, availableParallelism());
    process.stdout.write(`generated the Prisma clients of ${generated.length} modules\n`);
  }),
);
