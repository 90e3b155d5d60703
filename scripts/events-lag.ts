import type { FeedLag } from '#platform/events/lag';
import { command, printJson, run, wholeNumber } from './lib/cli.js';
import { readLags } from './lib/events/lags.js';
import { withModuleLogins } from './lib/events/module-logins.js';

interface Options {
  readonly json?: true;
  readonly most?: number;
}

await run(
  command('events:lag', 'Says how far each module is behind with the feeds that it hears.')
    .option('--most <events>', 'exit 1 when a module is more events behind', wholeNumber)
    .option('--json', 'report as JSON')
    .addHelpText(
      'after',
      '\nExits 0, or 1 when something is parked or more than --most is unread, 2 when it could not look.',
    )
    .action(async ({ json, most = Infinity }: Options) => {
      const lags = await withModuleLogins(readLags);
      if (json) printJson(lags);
      else process.stdout.write(lags.map(describe).join('') || 'no module hears another\n');
      if (lags.some(({ events, parked }) => parked > 0 || events > most)) process.exitCode = 1;
    }),
);

function describe({ module, feed, events, seconds, parked }: FeedLag): string {
  const unread = events === 0 ? 'up to date' : `${events} behind, for ${seconds.toFixed(1)} s`;
  return `${module} hears ${feed}: ${unread}${parked === 0 ? '' : `, ${parked} parked`}\n`;
}
