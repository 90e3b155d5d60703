import { CliError, command, run } from './lib/cli.js';
import { migrationText, planMigration, writeMigration } from './lib/migrations/index.js';
import { checkMigration, otherSchemas } from './lib/migrations/check/index.js';
import { withTargets } from './lib/migrations/targets.js';
import { prismaFolder } from './lib/project.js';

interface Options {
  readonly empty?: boolean;
  readonly dryRun?: boolean;
}

await run(
  command(
    'migration:create',
    "Writes the migration that takes a module's migrations to its schema.prisma.",
  )
    .argument('<module>')
    .argument('<name>', 'what it does, such as add_shipping_address')
    .option('--empty', 'write an empty one, to be filled in by hand')
    .option('--dry-run', 'print the SQL, and write nothing')
    .action(async (module: string, name: string, options: Options) => {
      if (!/^[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*$/.test(name) || name.length > 80) {
        throw new CliError(
          `"${name}" cannot be the name of a migration`,
          'Use up to 80 lower-case letters, digits and underscores, beginning with a letter',
        );
      }
      await withTargets([module], async ([target], server) => {
        if (!target) return;
        const { sql, warnings } = options.empty
          ? { sql: '\n', warnings: [] }
          : await planMigration(server.adminUrl, target, prismaFolder);
        if (sql === '') return say(`${module}: the migrations agree with schema.prisma`);
        const text = migrationText({ sql, warnings });
        if (options.dryRun) return say(text.trimEnd());
        say(`wrote prisma/${writeMigration(prismaFolder, module, name, text)}`);
        for (const warning of warnings) say(`warning: ${warning}`);
        for (const { severity, rule, message } of checkMigration(
          module,
          { name, sql: text },
          otherSchemas(prismaFolder, module),
        )) {
          say(`${severity} ${rule}: ${message}`);
        }
      });
    }),
);

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
