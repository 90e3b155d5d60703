import { command, printJson, run } from './lib/cli.js';
import { applyChanges, describeChanges } from './lib/file-plan.js';
import { planModule } from './lib/module/create.js';
import { readSource } from './lib/module/source.js';
import { generateClients } from './lib/prisma-client.js';
import { prismaFolder } from './lib/project.js';

interface Options {
  readonly calls: string[];
  readonly hears: string[];
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const list = (text: string) => text.split(',').filter(Boolean);

await run(
  command('module:create', 'Writes a complete module, and adds it to the app.')
    .argument('<name>', 'one word that a search finds nowhere else, such as notes')
    .option('--calls <modules>', 'whose contracts it will call, separated by commas', list, [])
    .option('--hears <modules>', 'whose events it will hear, separated by commas', list, [])
    .option('--dry-run', 'print what would be written, and write nothing')
    .option('--json', 'print the plan as JSON, with the texts')
    .action(async (name: string, { calls, hears, dryRun = false, json }: Options) => {
      const source = readSource();
      const plan = await planModule(source, { name, calls, hears });
      const lines = describeChanges(source.root, plan.changes);
      if (!dryRun) {
        applyChanges(source.root, plan.changes);
        await generateClients(prismaFolder, [name], 1);
      }
      if (json) return printJson({ dryRun, ...plan });
      for (const note of plan.notes) process.stderr.write(`${note}\n`);
      process.stdout.write(`${lines.join('\n')}\n${dryRun ? '' : next(name)}`);
    }),
);

function next(name: string): string {
  return `
The module "${name}" is in the app. Next:

  npm test -- test/modules/${name}
  npm start                              then: curl localhost:3000/${name}

Grow it: prisma/${name}/schema.prisma, and src/modules/${name}/. See docs/adding-a-module.md
`;
}
