// only: reporting
import { command, printJson, run } from './lib/cli.js';
import { withModuleLogins } from './lib/events/module-logins.js';
import { awaitReading, emptyReadModel } from './lib/events/rebuild.js';
import { withTarget } from './lib/migrations/targets.js';

const MODULE = 'reporting';

await run(
  command(
    'reporting:rebuild',
    'Makes the rows of the reports again, from the first event on, while the app serves.',
  )
    .option('--json', 'report as JSON')
    .addHelpText('after', '\nA running app does it; the reports say how far it has come.')
    .action(async ({ json }: { json?: true }) => {
      const rebuild = await withTarget(MODULE, emptyReadModel);
      const left = await withModuleLogins((logins) =>
        awaitReading(logins, MODULE, (events) => {
          if (!json) process.stdout.write(`${events} events to go\n`);
        }),
      );
      if (json) printJson({ ...rebuild, left });
      else process.stdout.write(describe(left));
    }),
);

function describe(left: number): string {
  if (left === 0) return 'The reports are rebuilt.\n';
  return `${left} events are still to be read, and nobody reads them: a running app will.\n`;
}
// only: end
