import { command, printJson, run } from './lib/cli.js';
import { withTarget } from './lib/migrations/targets.js';
import { describeWhole, findSaga } from './lib/sagas.js';

await run(
  command('sagas:show', 'Shows all that is kept of one saga.')
    .argument('<module>', 'whose saga it is')
    .argument('<id>', 'as sagas:list gives it')
    .option('--json', 'report as JSON')
    .action(async (module: string, id: string, { json }: { json?: true }) => {
      const saga = await withTarget(module, (target) => findSaga(target, id));
      if (json) printJson(saga);
      else process.stdout.write(describeWhole(saga));
    }),
);
