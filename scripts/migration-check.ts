import { CliError, command, printJson, run } from './lib/cli.js';
import { checkMigrations, type Violation } from './lib/migrations/check/index.js';
import { prismaFolder, readProjectModules } from './lib/project.js';

interface Options {
  readonly json?: boolean;
  readonly strict?: boolean;
}

await run(
  command('migration:check', 'Reads every migration: what it reaches, locks, rewrites or breaks.')
    .option('--strict', 'let warnings fail, too')
    .option('--json', 'report as JSON')
    .action(({ json, strict }: Options) => {
      const modules = readProjectModules();
      const { violations, count } = checkMigrations(prismaFolder, modules);
      if (count === 0) {
        throw new CliError('No migration was looked at.', 'Run it in the project’s root.', 2);
      }
      if (json) printJson(violations);
      else process.stdout.write([...violations.map(text), `${count} migrations read\n`].join(''));
      const failing = violations.filter(({ severity }) => strict || severity === 'error');
      if (failing.length > 0) process.exitCode = 1;
    }),
);

function text({ file, line, severity, rule, message }: Violation): string {
  return `prisma/${file}:${line}  ${severity} ${rule}\n  ${message}\n`;
}
