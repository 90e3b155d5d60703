import { parseOperatorConfig, processEnvironment } from '#config';
import { command, printJson, run } from './lib/cli.js';
import { projectName, readProjectModules } from './lib/project.js';
import { dropForReset } from './lib/provision/index.js';
import { openServer } from './lib/server.js';
import { setUp } from './lib/set-up.js';

const program = command(
  'db:reset',
  'Drops the database with all rows in it, and its roles; then provisions and migrates again.',
)
  .option('--database <name>', 'the database to drop; nothing is dropped unless you name it')
  .option('--json', 'print what was done as JSON');

await run(
  program.action(async ({ database, json }: { database?: string; json?: true }) => {
    const config = parseOperatorConfig(processEnvironment());
    const modules = readProjectModules();
    const server = await openServer(config);
    const { adminUrl, secret, own } = server;
    try {
      const { roles, kept, moved } = await dropForReset({ adminUrl }, database);
      const retired = (await own?.retireAll()) ?? [];
      const notes = await setUp({ adminUrl, secret, name: projectName, modules }, config);
      if (json) {
        const dropped = { roles, servers: retired };
        return printJson({ database, dropped, kept, moved, modules, notes });
      }
      for (const module of retired) {
        process.stderr.write(`the embedded server of "${module}" is gone, with all rows in it\n`);
      }
      for (const { module, database: place } of moved) {
        if (retired.includes(module)) continue;
        process.stderr.write(
          `the rows of "${module}" that had moved to ${place} are still there, and nothing leads to them any more\n`,
        );
      }
      for (const role of kept) {
        process.stderr.write(
          `kept the role "${role}": other databases need it, copies for instance\n`,
        );
      }
      for (const note of notes) process.stderr.write(`${note}\n`);
      process.stdout.write(
        `the database "${database}" is new: ${modules.length} modules provisioned and migrated, no rows\n` +
          'To fill it with example data: npm run db:seed\n',
      );
    } finally {
      await server.release();
    }
  }),
);
