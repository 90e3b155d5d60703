import { CliError, command, printJson, run } from './lib/cli.js';
import {
  migrate,
  MigrationError,
  type MigrationReport,
  migrationStatus,
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
        dryRun ? listPending(targets, options) : apply(targets, options),
      );
    }),
);

async function apply(targets: MigrationTarget[], { retry, json }: Options): Promise<void> {
  const options = { prismaFolder, ...(retry !== undefined && { retry }) };
  try {
    print(await migrate(targets, options), 'applied', json);
  } catch (error) {
    if (error instanceof MigrationError) print(error.reports, 'applied', json);
    throw error;
  }
}

async function listPending(targets: MigrationTarget[], { json }: Options): Promise<void> {
  const found = await migrationStatus(targets, { prismaFolder, historyOnly: true });
  const reports = found.map(({ module, pending }) => ({ module, applied: pending }));
  print(reports, 'would apply', json);
}

function print(reports: readonly MigrationReport[], verb: string, json = false): void {
  if (json) return printJson(reports);
  const lines = reports.flatMap(({ module, applied }) =>
    applied.map((name) => `${module}: ${verb} ${name}\n`),
  );
  const unstopped = reports.every(({ fault }) => fault === undefined);
  process.stdout.write(lines.join('') || (unstopped ? 'nothing to apply\n' : ''));
}
