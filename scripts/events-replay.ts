import { command, printJson, run } from './lib/cli.js';
import { withModuleLogins } from './lib/events/module-logins.js';
import {
  applyReplay,
  planReplay,
  quoted,
  refuseDoubling,
  type Replay,
} from './lib/events/replay.js';

interface Options {
  readonly from: string;
  readonly keepRows?: true;
  readonly dryRun?: true;
  readonly json?: true;
}

const HELP = `
Its effects happen again. What a handler puts in place of what was there comes out the same; what it
adds up is added up twice, unless the rows were deleted first. So while the module has rows of its own,
--keep-rows has to be said. Parked events from there on are heard again too, and no longer parked.

Exits 0, or 1 when it refuses, 2 when it could not look.`;

await run(
  command('events:replay', 'Lets a module hear a feed again, by moving its cursor back.')
    .argument('<module>', 'the module that hears')
    .argument('<feed>', 'the module that publishes')
    .requiredOption(
      '--from <start>',
      '"beginning", the position of the first event, or a time such as 2026-01-31T12:00:00Z',
    )
    .option(
      '--keep-rows',
      'the rows that there are may stay: hearing again changes nothing in them',
    )
    .option('--dry-run', 'print what would be done, and do nothing')
    .option('--json', 'report as JSON')
    .addHelpText('after', HELP)
    .action(async (module: string, feed: string, options: Options) => {
      const { from, keepRows = false, dryRun, json } = options;
      await withModuleLogins(async (logins) => {
        const replay = await planReplay(logins, { module, feed }, from);
        if (!dryRun) {
          refuseDoubling(replay, keepRows);
          await applyReplay(logins, replay);
        }
        if (json) printJson(replay);
        else process.stdout.write(describe(replay));
      });
    }),
);

function describe({ module, feed, from, to, events, parked, keeps }: Replay): string {
  const rows =
    keeps.length === 0 ? '' : `rows stay in ${quoted(keeps)}: what adds up there counts twice\n`;
  return `${module} hears ${feed} again: cursor from ${from} to ${to}, ${events} events, ${parked} parked\n${rows}`;
}
