import { command, printJson, run } from './lib/cli.js';
import { withTarget } from './lib/migrations/targets.js';
import { cancelSagaById, describeSaga } from './lib/sagas.js';

await run(
  command('sagas:cancel', 'Asks for what a saga has done to be compensated; a running app does it.')
    .argument('<module>', 'whose saga it is')
    .argument('<id>', 'as sagas:list gives it')
    .option('--json', 'report as JSON')
    .addHelpText('after', '\nFrom its pivot on, a saga only goes forward and cannot be cancelled.')
    .action(async (module: string, id: string, { json }: { json?: true }) => {
      const saga = await withTarget(module, (target) => cancelSagaById(target, id));
      if (json) printJson(saga);
      else process.stdout.write(`${describeSaga(saga)}\n`);
    }),
);
