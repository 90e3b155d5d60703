import { CliError, command, printJson, run } from './lib/cli.js';
import {
  migrate,
  MigrationError,
  type MigrationReport,
  type MigrationTarget,
} from './lib/migrations/index.js';
import { withTargets } from './lib/migrations/targets.js';
import { prismaFolder } from './lib/project.js';

interface Options {
  readonly retry?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

await run(
  command('db:migrate', "Brings the modules' schemas up to date, each as its owner role.")
    .argument('[modules...]', 'only these modules; all without any')
    .option(
      '--retry <module>',
      "mark the module's failed migration as rolled back and apply it again; a script that failed has left nothing behind, unless it has a COMMIT or CONCURRENTLY of its own",
    )
    .option('--dry-run', 'list what would be applied, and apply nothing')
    .option('--json', 'report as JSON')
    .action(async (names: string[], options: Options) => {
      const { retry, dryRun } = options;
      if (retry !== undefined && dryRun) {
        throw new CliError('--retry and --dry-run exclude each other', 'Leave one of them out', 2);
      }
      const chosen = retry !== undefined && names.length > 0 ? [...names, retry] : names;
      await withTargets(chosen.length > 0 || retry === undefined ? chosen : [retry], (targets) =>
        apply(targets, options),
      );
    }),
);

async function apply(targets: MigrationTarget[], options: Options): Promise<void> {
  try {
    print(await migrate(targets, { ...options, prismaFolder }), options);
  } catch (error) {
    if (error instanceof MigrationError) print(error.reports, options);
    throw error;
  }
}

function print(reports: readonly MigrationReport[], { json, dryRun }: Options): void {
  if (json) return printJson(reports);
  const lines = reports.flatMap(({ module, applied }) =>
    applied.map((name) => `${module}: ${dryRun ? 'would apply' : 'applied'} ${name}\n`),
  );
  const unstopped = reports.every(({ fault }) => fault === undefined);
  process.stdout.write(lines.join('') || (unstopped ? 'nothing to apply\n' : ''));
}
