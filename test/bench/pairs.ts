import { median, progress } from './measurement.js';

export type Contestant = 'ours' | 'theirs';

/** What pairs of runs gave, in their order. */
export interface Pairs {
  /** Ours per second. */
  readonly rates: number[];
  /** Ours, in milliseconds, where they were measured. */
  readonly p99s: number[];
  /** Our rate by theirs, pair by pair. */
  readonly ratios: number[];
  /** Their median rate per second. */
  readonly theirRate: number;
}

interface Race {
  /** For progress. */
  readonly name: string;
  readonly pairs: number;
  readonly run: (who: Contestant) => Promise<{ rate: number; p99?: number }>;
}

/**
 * Runs two servers in turns, so that whatever else the machine does falls on both; who begins a
 * pair alternates.
 */
export async function measurePairs({ name, pairs: count, run }: Race): Promise<Pairs> {
  // Not counted: code gets compiled and the load process warms up.
  for (const who of ['ours', 'theirs', 'theirs', 'ours'] as const) await run(who);

  const pairs = [];
  for (let pair = 0; pair < count; pair += 1) {
    const first = pair % 2 === 0 ? await run('ours') : undefined;
    const theirs = await run('theirs');
    const ours = first ?? (await run('ours'));
    const ratio = ours.rate / theirs.rate;
    pairs.push({ ours, theirs, ratio });
    progress(
      `${name} ${pair + 1}/${count}: ours ${ours.rate.toFixed()}/s, theirs ` +
        `${theirs.rate.toFixed()}/s, ratio ${ratio.toFixed(3)}`,
    );
  }
  return {
    rates: pairs.map(({ ours }) => ours.rate),
    p99s: pairs.flatMap(({ ours }) => ours.p99 ?? []),
    ratios: pairs.map(({ ratio }) => ratio),
    theirRate: median(pairs.map(({ theirs }) => theirs.rate)),
  };
}
