import { randomInt } from 'node:crypto';
import { CliError, command, printJson, run } from '../../scripts/lib/cli.js';
import { soak, type SoakOptions, type SoakResult } from './soak.js';

const whole = (text: string): number => {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new CliError(`"${text}" is no whole number.`, 'Give one, in digits.', 2);
};

await run(
  command(
    'test:soak',
    'Sells while processes are killed and the payment provider misbehaves, and checks that the books balance.',
  )
    .option('--seed <number>', 'repeats the decisions of another run', whole, randomInt(1_000_000))
    .option('--orders <number>', 'how many are placed', whole, 300)
    .option('--kills <number>', 'how many processes are killed', whole, 40)
    .option('--minutes <number>', 'after which nothing more is ordered or killed', whole, 3)
    .option('--processes <number>', 'apps at once', whole, 3)
    .option(
      '--split',
      'each module in a process and a database of its own, the network unkind',
      false,
    )
    .option('--json', 'print the result as JSON')
    .action(async ({ json, ...options }: SoakOptions & { json?: boolean }) => {
      process.stderr.write(`seed ${options.seed}\n`);
      const result = await soak(options);
      if (json) printJson(result);
      else process.stdout.write(`${describe(result)}\n`);
      process.exitCode = result.violations.length > 0 ? 1 : 0;
    }),
);

function describe({ seed, placed, delivered, killed, seconds, violations }: SoakResult): string {
  const { atPoints, anywhere, provider } = killed;
  const story =
    `${placed} orders, ${delivered} delivered; ${atPoints + anywhere} apps killed, ` +
    `${atPoints} of them at a chosen point, and the provider ${provider} times; ${seconds} s.`;
  if (violations.length === 0) return `${story}\nThe books balance.`;
  return [story, `The books do not balance, with the seed ${seed}:`, ...violations].join('\n  ');
}
