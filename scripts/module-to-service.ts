import { command, listed, printJson, run } from './lib/cli.js';
import { applyChanges, describeChanges } from './lib/file-plan.js';
import { readSource } from './lib/module/source.js';
import { planService } from './lib/service/plan.js';
import { refuseUncommitted } from './lib/tracked-files.js';

interface Options {
  readonly out?: string;
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

await run(
  command(
    'module:to-service',
    'Gives a module a project of its own, and leaves its face here. Nothing is committed.',
  )
    .argument('<module>', 'the module')
    .option('--out <folder>', 'the new project; services/<module> without it')
    .option('--dry-run', 'print what would be written and removed, and do nothing')
    .option('--force', 'go on although something is not committed')
    .option('--json', 'print the plan as JSON, with the texts')
    .action(async (module: string, options: Options) => {
      const { out = `services/${module}`, dryRun = false, force = false, json } = options;
      const source = readSource();
      if (!dryRun && !force) refuseUncommitted(source.root);
      // Imported here, since a module that breaks a rule of the wiring fails while it is loaded.
      const { routesElsewhere } = await import('../src/app.module.js');
      const routes = routesElsewhere({ modules: [] }).get(module) ?? [];
      const { changes, tests } = await planService(source, { module, out, routes });
      const lines = describeChanges(source.root, changes);
      if (!dryRun) applyChanges(source.root, changes);
      if (json) return printJson({ dryRun, changes, tests });
      process.stdout.write(`${lines.join('\n')}\n`);
      process.stderr.write(describeRest(module, out, tests));
    }),
);

function describeRest(module: string, out: string, tests: readonly string[]): string {
  const left =
    tests.length > 0
      ? `\nThese tests name "${module}". Whether one that has it in its own process asks a fake of its ` +
        `contract from now on, or moves, is yours to decide:${listed(tests)}\n`
      : '';
  return `${left}
"${module}" is in ${out} now. Next:

  cd ${out} && npm ci && npm run check
  npm run check          here, and read the diff
  npm run placement:env  says what each process has to be told

See docs/extracting-the-source.md
`;
}
