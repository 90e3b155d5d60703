import { parseOperatorConfig, processEnvironment } from '#config';
import { command, printJson, run } from './lib/cli.js';
import { projectName, readProjectModules } from './lib/project.js';
import { planProvision, provision, scriptOf } from './lib/provision/index.js';
import { openServer } from './lib/server.js';

interface Options {
  dryRun?: boolean;
  rotatePasswords?: boolean;
  json?: boolean;
}

const program = command(
  'db:provision',
  'Makes the database, and for each module its schema, its two roles and their privileges. ' +
    'Running it again changes nothing, unless something was changed by hand.',
)
  .option('--dry-run', 'print the SQL that would be run, and change nothing')
  .option('--rotate-passwords', 'set every password anew, even while the roles are in use')
  .option('--json', 'print the plan as JSON');

await run(
  program.action(async ({ dryRun = false, rotatePasswords = false, json }: Options) => {
    const config = parseOperatorConfig(processEnvironment());
    const modules = readProjectModules();
    const server = await openServer(config);
    const { adminUrl, secret } = server;
    const { poolSize } = config;
    const target = { adminUrl, project: projectName, modules, secret, poolSize };
    try {
      const plan = await (dryRun ? planProvision : provision)(target, { rotatePasswords });
      if (json) return printJson({ dryRun, ...plan });
      for (const note of plan.notes) process.stderr.write(`${note}\n`);
      const count = plan.statements.length;
      const what = `the database "${plan.database}" and ${modules.length} modules`;
      const done =
        count === 0 ? `nothing to do for ${what}` : `provisioned ${what}: ${count} changes`;
      process.stdout.write(`${dryRun && count > 0 ? scriptOf(plan) : done}\n`);
    } finally {
      await server.release();
    }
  }),
);
