import { command, listed, printJson, run } from './lib/cli.js';
import { applyChanges, describeChanges } from './lib/file-plan.js';
import { dropData, planDrop } from './lib/module/data.js';
import { planRemoval } from './lib/module/remove.js';
import type { DropPlan } from './lib/provision/index.js';
import { readSource } from './lib/module/source.js';

interface Options {
  readonly dropData?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

await run(
  command('module:remove', 'Takes a module out: its folders, and its lines in the app.')
    .argument('<name>', 'the module')
    .option('--drop-data', 'drop its schema with all rows, and its roles, in the database too')
    .option('--dry-run', 'print what would be removed, and remove nothing')
    .option('--json', 'print the plan as JSON')
    .action(async (name: string, { dropData: drop = false, dryRun = false, json }: Options) => {
      const source = readSource();
      const { changes, mentions } = await planRemoval(source, name, { dataToo: drop });
      const lines = describeChanges(source.root, changes);
      const data = drop ? await (dryRun ? planDrop : dropData)(name) : undefined;
      if (!dryRun) applyChanges(source.root, changes);
      if (json) return printJson({ dryRun, changes, mentions, data });
      process.stdout.write([...(data ? describeData(data) : []), ...lines, ''].join('\n'));
      process.stderr.write(describeRest(name, mentions, drop));
    }),
);

function describeData({ statements, kept, tables, rows }: DropPlan): string[] {
  if (statements.length === 0) return ['the database has nothing of it'];
  return [
    `the database loses ${tables} tables with about ${rows} rows:`,
    ...statements.map(({ sql }) => `  ${sql};`),
    ...kept.map((role) => `the role "${role}" stays: other databases of the server need it`),
  ];
}

function describeRest(name: string, mentions: readonly string[], dropped: boolean): string {
  const spoken = mentions.length > 0 ? `These still speak of "${name}":${listed(mentions)}\n` : '';
  const again = `npm run module:remove -- ${name} --drop-data`;
  return dropped ? spoken : `${spoken}Its schema and roles stay. To drop them: ${again}\n`;
}
