import { command, printJson, run } from './lib/cli.js';
import { withTargets } from './lib/migrations/targets.js';
import { describeSaga, listSagas } from './lib/sagas.js';

const MOST = 100;

await run(
  command(
    'sagas:list',
    `Lists sagas: those under way, the oldest first, ${MOST} of a module at most.`,
  )
    .argument('[modules...]', 'only of these modules; of all without any')
    .option('--parked', 'only those that wait for a person')
    .option('--all', 'the ended ones too')
    .option('--json', 'report as JSON')
    .action(
      async (names: string[], { parked, all, json }: Record<'parked' | 'all' | 'json', true>) => {
        const selection = parked ? 'parked' : all ? 'all' : 'open';
        const sagas = await withTargets(names, (targets) => listSagas(targets, selection, MOST));
        if (json) return printJson(sagas);
        const lines = sagas.map((saga) => `${describeSaga(saga)}\n`);
        process.stdout.write(lines.join('') || 'none\n');
      },
    ),
);
