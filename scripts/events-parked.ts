import { CliError, command, printJson, run, wholeNumber } from './lib/cli.js';
import { withModuleLogins } from './lib/events/module-logins.js';
import { dropParked, listParked, type ParkedEvent, retryParked } from './lib/events/parked.js';

const ACTIONS = { list: listParked, retry: retryParked, drop: dropParked };
/** What is said of each event before what it is. */
const DONE = { list: '', retry: 'to be tried again: ', drop: 'dropped: ' };

interface Options {
  readonly subject?: string;
  readonly position?: number;
  readonly all?: true;
  readonly json?: true;
}

const HELP = `
list   shows what is parked.
retry  has each subject tried again by the running app, from its first parked event on.
drop   forgets parked events for good; those behind them stay parked until retried.

Exits 0, or 1 when there is no such parked event to retry or drop, 2 when it could not look.`;

await run(
  command('events:parked', 'Shows the events that could not be handled, and sees to them.')
    .argument('<action>', 'list, retry or drop')
    .argument('[module]', 'the module that put them aside')
    .argument('[feed]', 'the module that published them')
    .option('--subject <id>', 'only those of one subject')
    .option('--position <number>', 'only that one, of one module and feed', wholeNumber)
    .option('--all', 'drop without --subject or --position')
    .option('--json', 'report as JSON')
    .addHelpText('after', HELP)
    .action(async (action: string, module?: string, feed?: string, options: Options = {}) => {
      const { subject, position, all, json } = options;
      if (!isAction(action)) {
        throw new CliError(`"${action}" is no action.`, 'Say list, retry or drop.', 2);
      }
      if (action === 'drop' && subject === undefined && position === undefined && !all) {
        throw new CliError('That would drop every parked event.', 'Add --all if you mean it.', 2);
      }
      if (position !== undefined && feed === undefined) {
        const remedy = `Say of which: npm run events:parked -- ${action} <module> <feed> --position ${position}`;
        throw new CliError(`Each feed has a position ${position} of its own.`, remedy, 2);
      }
      const selection = { module, feed, subject, position };
      const found = await withModuleLogins((logins) => ACTIONS[action](logins, selection));
      if (json) printJson(found);
      else process.stdout.write(textOf(action, found));
      if (action !== 'list' && found.length === 0) process.exitCode = 1;
    }),
);

function textOf(action: keyof typeof ACTIONS, found: readonly ParkedEvent[]): string {
  const lines = found.map((event) => `${DONE[action]}${describe(event)}`);
  return lines.join('') || 'nothing is parked there\n';
}

function isAction(action: string): action is keyof typeof ACTIONS {
  return Object.hasOwn(ACTIONS, action);
}

function describe(event: ParkedEvent): string {
  const { module, feed, position, type, subject, reason, error, behind, attempts } = event;
  const why = behind === null ? `${reason} after ${attempts} tries` : `behind ${behind}`;
  const text = error === null ? '' : `\n  ${error.trim().replaceAll('\n', '\n  ')}`;
  return `${module} ${feed} ${position}: ${type} of "${subject}", ${why}${text}\n`;
}
