import { command, printJson, run } from './lib/cli.js';
import { withTarget } from './lib/migrations/targets.js';
import { findSaga } from './lib/sagas.js';

await run(
  command('sagas:show', 'Shows all that is kept of one saga, as JSON.')
    .argument('<module>', 'whose saga it is')
    .argument('<id>', 'as sagas:list gives it')
    .action(async (module: string, id: string) => {
      printJson(await withTarget(module, (target) => findSaga(target, id)));
    }),
);
