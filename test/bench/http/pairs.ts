import { median, progress } from '../measurement.js';
import type { Contestants } from './check.js';
import type { LoadProcess } from './load.js';
import type { Wish } from './wishes.js';

const PAIRS = 11;
const SECONDS = 3;
const CONNECTIONS = 24;

/** What pairs of runs gave, in their order. */
export interface Pairs {
  /** The app's answers per second. */
  readonly rates: number[];
  /** The app's, in milliseconds. */
  readonly p99s: number[];
  /** The app's rate by the bare server's, pair by pair. */
  readonly ratios: number[];
  /** The bare server's median rate, in words. */
  readonly bareRate: string;
}

interface Race {
  readonly load: LoadProcess;
  readonly contestants: Contestants;
  readonly wishes: readonly Wish[];
  /** Called after the warm-up: by then the tables hold what they hold for the rest. */
  readonly settled: () => Promise<void>;
}

/**
 * Runs the app and the bare server in turns, so that whatever else the machine does falls on both;
 * who begins a pair alternates.
 */
export async function measurePairs(
  { load, contestants, wishes, settled }: Race,
  name: string,
): Promise<Pairs> {
  const run = (who: keyof Contestants) =>
    load.run({ url: contestants[who], seconds: SECONDS, connections: CONNECTIONS, wishes });
  // Not counted: code gets compiled and the load process warms up.
  for (const who of ['app', 'bare', 'bare', 'app'] as const) await run(who);
  // Plans made while the tables were empty would scan them whole; new statistics end such plans.
  await settled();
  for (const who of ['bare', 'app'] as const) await run(who);

  const pairs = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const first = pair % 2 === 0 ? await run('app') : undefined;
    const bare = await run('bare');
    const app = first ?? (await run('app'));
    pairs.push({ app, bare, ratio: app.rate / bare.rate });
    progress(
      `http: ${name} ${pair + 1}/${PAIRS}: app ${app.rate.toFixed()}/s, bare ${bare.rate.toFixed()}/s, ` +
        `ratio ${(app.rate / bare.rate).toFixed(3)}`,
    );
  }
  return {
    rates: pairs.map(({ app }) => app.rate),
    p99s: pairs.map(({ app }) => app.p99),
    ratios: pairs.map(({ ratio }) => ratio),
    bareRate: `bare ${median(pairs.map(({ bare }) => bare.rate)).toFixed()}`,
  };
}
