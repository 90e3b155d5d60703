import { CliError, command, printJson, run } from '../../scripts/lib/cli.js';
import { refuseUnknownModules } from '../../scripts/lib/known-modules.js';
import { readProjectModules } from '../../scripts/lib/project.js';
import {
  type Cost,
  describeCosts,
  keepRehearsal,
  type Rehearsal,
} from '../../scripts/lib/rehearsal.js';
import { measureCosts } from './cost.js';
import { type Outcomes, runJest } from './jest.js';
import { suiteArguments } from './suite.js';

interface Options {
  readonly all?: boolean;
  readonly json?: boolean;
}

/** Has a process to begin with when all others have one. */
const FRONT = 'orders';

await run(
  command(
    'rehearse',
    'Runs the end-to-end suite with modules in processes and databases of their own, and says what that costs.',
  )
    .argument('[modules...]', 'the modules that run apart')
    .option('--all', 'every module')
    .option('--json', 'print the result as JSON')
    .action(async (modules: readonly string[], { all, json }: Options) => {
      const rehearsal = await rehearse(chosen(modules, all));
      keepRehearsal(rehearsal);
      if (json) printJson(rehearsal);
      else process.stdout.write(`${described(rehearsal)}\n`);
      process.exitCode = rehearsal.different.length > 0 ? 1 : 0;
    }),
);

function chosen(modules: readonly string[], all: boolean | undefined): string[] {
  const names = readProjectModules();
  if (all) return names.filter((name) => name !== FRONT);
  refuseUnknownModules(modules, names);
  if (modules.length === 0) {
    const remedy = `Name some, or --all. The modules are: ${names.join(', ')}`;
    throw new CliError('No module was named.', remedy, 2);
  }
  if (modules.length === names.length)
    throw new CliError('Nothing would stay at home.', 'Use --all.', 2);
  return [...new Set(modules)];
}

async function rehearse(apart: readonly string[]): Promise<Rehearsal> {
  const say = (text: string) => process.stderr.write(`${text}\n`);
  say('the suite at home …');
  const home = await runJest(suiteArguments(), {});
  const failing = [...home].filter(([, { status }]) => status === 'failed');
  if (failing.length > 0) {
    throw new CliError(
      `The suite fails without a split, in ${failing.length} tests: ${failing.map(([test]) => test).join('; ')}`,
      'Mend that first: npm test',
      2,
    );
  }
  say(`the suite with ${apart.join(', ')} apart …`);
  const away = await runJest(suiteArguments(), { REHEARSE: apart.join() });
  say('the cost …');
  const [atHome, split] = [await measureCosts([]), await measureCosts(apart)];
  return {
    apart,
    tests: home.size,
    different: differences(home, away),
    costs: atHome.map((cost, index) => ({ home: cost, apart: split[index] as Cost })),
  };
}

function differences(home: Outcomes, away: Outcomes): Rehearsal['different'] {
  return [...home]
    .filter(([test, { status }]) => away.get(test)?.status !== status)
    .map(([test]) => ({ test, message: away.get(test)?.message ?? 'was not run' }));
}

function described({ apart, tests, different, costs }: Rehearsal): string {
  const verdict =
    different.length === 0
      ? `All ${tests} tests end as they do at home, with ${apart.join(', ')} apart.`
      : [
          `${different.length} of ${tests} tests end otherwise with ${apart.join(', ')} apart:`,
          ...different.map(
            ({ test, message }) => `- ${test}\n${message.replaceAll(/^/gm, '    ')}`,
          ),
        ].join('\n');
  return [verdict, '', ...describeCosts(costs)].join('\n');
}
