import { command, printJson, run } from './lib/cli.js';
import { withTarget } from './lib/migrations/targets.js';
import { describeSaga, retrySaga } from './lib/sagas.js';

await run(
  command('sagas:retry', 'Lets a parked saga go on where it stopped; a running app takes it up.')
    .argument('<module>', 'whose saga it is')
    .argument('<id>', 'as sagas:list gives it')
    .option('--json', 'report as JSON')
    .action(async (module: string, id: string, { json }: { json?: true }) => {
      const saga = await withTarget(module, (target) => retrySaga(target, id));
      if (json) printJson(saga);
      else process.stdout.write(`${describeSaga(saga)}\n`);
    }),
);
