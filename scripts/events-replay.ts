import { command, printJson, run } from './lib/cli.js';
import { withModuleLogins } from './lib/events/module-logins.js';
import { applyReplay, planReplay, type Replay } from './lib/events/replay.js';

interface Options {
  readonly from: string;
  readonly dryRun?: true;
  readonly json?: true;
}

const HELP = `
Its effects happen again: first undo what must not be there twice, such as a read copy's rows. Parked
events from there on are heard again too, and are no longer parked.`;

await run(
  command('events:replay', 'Lets a module hear a feed again, by moving its cursor back.')
    .argument('<module>', 'the module that hears')
    .argument('<feed>', 'the module that publishes')
    .requiredOption(
      '--from <start>',
      '"beginning", the position of the first event, or a time such as 2026-01-31T12:00:00Z',
    )
    .option('--dry-run', 'print what would be done, and do nothing')
    .option('--json', 'report as JSON')
    .addHelpText('after', HELP)
    .action(async (module: string, feed: string, { from, dryRun, json }: Options) => {
      await withModuleLogins(async (logins) => {
        const replay = await planReplay(logins, { module, feed }, from);
        if (!dryRun) await applyReplay(logins, replay);
        if (json) printJson(replay);
        else process.stdout.write(describe(replay));
      });
    }),
);

function describe({ module, feed, from, to, events, parked }: Replay): string {
  return `${module} hears ${feed} again: cursor from ${from} to ${to}, ${events} events, ${parked} parked\n`;
}
