import { setTimeout as pause } from 'node:timers/promises';
import { type Bench, type Measurement, measurementsOf, progress } from '../measurement.js';
import { MODULE, MovingStage, WRITERS, WritersProcess } from './moving-stage.js';

const RUNS = 10;
/** Rows in each of the two large tables while it is copied, which are a gigabyte, and while it is written. */
const ROWS = { copied: 4_800_000, written: 200_000 };
/** Milliseconds that a writer rests between two transactions; it is a part of every gap. */
const REST = 10;
/** Milliseconds for which the writers are watched, a switch or none in it. */
const WINDOW = 2_000;

const measured = measurementsOf('extract');

export const extractBench: Bench = {
  name: 'extract',
  about:
    `A module of 8 tables that hold rows, two of them with ${ROWS.written} rows, moves to another server and ` +
    `back, ${RUNS} times, while ${WRITERS} writers write to it through the platform's own transaction ` +
    `runner, resting ${REST} ms between two transactions. Both servers and the writers share the ` +
    'machine, and commits wait for the disk. A pause is the longest time between two ' +
    "acknowledgements that any writer saw, rest included, within 2 s around the switch; the mover's is " +
    'that from the first closed table to the news. The baseline is the same without a switch. ' +
    `\`copy_over_plain_ratio\` is the copy of ${ROWS.copied} rows each, without load, until both sides are in step, over COPY of the same ` +
    'tables from files into the same indexes, one after the other; `source_slowdown_ratio` is the rate ' +
    'of the writers during a copy over that without one; `verify_mb_s` counts the tables of one side.',
  async measure() {
    return [...(await on(ROWS.copied, copies)), ...(await on(ROWS.written, switches))];
  },
};

async function on(
  rows: number,
  measure: (stage: MovingStage) => Promise<Measurement[]>,
): Promise<Measurement[]> {
  const stage = await MovingStage.set(rows);
  try {
    return await measure(stage);
  } finally {
    await stage.close();
  }
}

/** The copy without load, compared with plain COPY, and the comparison of both sides. */
async function copies(stage: MovingStage): Promise<Measurement[]> {
  await stage.verb('prepare');
  const copied = (await stage.verb('copy')).seconds as number;
  const { verification } = await stage.verb('verify');
  const [{ bytes } = { bytes: 0 }] = await stage.sql<{ bytes: number }>(
    `select sum(pg_table_size(c.oid))::float8 as bytes from pg_class c
     join pg_namespace n on n.oid = relnamespace where nspname = '${MODULE}' and relkind = 'r'`,
  );
  const plain = await plainCopy(stage);
  const speed = bytes / 1e6 / (verification?.seconds ?? 1);
  progress(
    `extract: copy ${copied.toFixed(2)} s, plain ${plain.toFixed(2)} s, verify ${speed.toFixed(0)} MB/s`,
  );
  await stage.verb('abort');
  return [
    measured('copy_over_plain_ratio', '', [copied / plain], `${(bytes / 1e6).toFixed(0)} MB`),
    measured('verify_mb_s', 'MB/s', [speed]),
  ];
}

/** Seconds that it takes to read the tables from files, into tables with the same indexes. */
async function plainCopy(stage: MovingStage): Promise<number> {
  let seconds = 0;
  for (const table of ['entry', 'line']) {
    const file = `/tmp/extract-bench-${process.pid}-${table}`;
    await stage.sql(`copy ${MODULE}.${table} to '${file}'`);
    const scratch = `create table public.${table} (like ${MODULE}.${table} including all)`;
    await stage.sql(scratch, stage.target);
    const began = performance.now();
    await stage.sql(`copy public.${table} from '${file}'`, stage.target);
    seconds += (performance.now() - began) / 1000;
    await stage.sql(
      `drop table public.${table}; copy (select) to program 'rm ${file}'`,
      stage.target,
    );
  }
  return seconds;
}

async function switches(stage: MovingStage): Promise<Measurement[]> {
  const writers = await WritersProcess.start(stage.project, REST);
  const calm = await rateDuring(writers, () => pause(5_000));
  await stage.verb('prepare');
  const copying = await rateDuring(writers, () => stage.verb('copy'));
  const seen = {
    baseline: [],
    cutover: [],
    rollback: [],
    cutoverMover: [],
    rollbackMover: [],
  } as Record<string, number[]>;
  for (let run = 1; run <= RUNS; run += 1) {
    seen['baseline']?.push(await gapDuring(writers, () => pause(0)));
    for (const verb of ['cutover', 'rollback'] as const) {
      const gap = await gapDuring(writers, async () => {
        seen[`${verb}Mover`]?.push((await stage.verb(verb)).pause as number);
      });
      seen[verb]?.push(gap);
    }
    progress(
      `extract: ${run}/${RUNS}: ${Object.entries(seen)
        .map(([name, values]) => `${name} ${values.at(-1)?.toFixed(0)}`)
        .join(', ')}`,
    );
  }
  const { acknowledged } = await writers.stop();
  return [
    ...pauses('cutover', seen),
    ...pauses('rollback', seen),
    measured('baseline_gap_p50_ms', 'ms', seen['baseline'] ?? []),
    measured('source_slowdown_ratio', '', [copying / calm]),
    measured(
      'lost_writes',
      '',
      [acknowledged - (await written(stage))],
      `of ${acknowledged}; below 0: doubled`,
    ),
  ];
}

function pauses(verb: string, seen: Record<string, number[]>): Measurement[] {
  const gaps = seen[verb] ?? [];
  return [
    measured(`${verb}_pause_p50_ms`, 'ms', gaps),
    { ...measured(`${verb}_pause_max_ms`, 'ms', [Math.max(...gaps)]), runs: gaps.length },
    measured(`${verb}_mover_p50_ms`, 'ms', seen[`${verb}Mover`] ?? []),
  ];
}

async function gapDuring(writers: WritersProcess, work: () => Promise<unknown>): Promise<number> {
  await writers.report();
  await work();
  await pause(WINDOW);
  return (await writers.report()).longestGap;
}

/** Transactions per second. */
async function rateDuring(writers: WritersProcess, work: () => Promise<unknown>): Promise<number> {
  await writers.report();
  const began = performance.now();
  await work();
  const { transactions } = await writers.report();
  return transactions / ((performance.now() - began) / 1000);
}

/** What the counters say was done, each once. */
async function written(stage: MovingStage): Promise<number> {
  const [row] = await stage.sql<{ sum: number }>(
    `select sum(value)::float8 as sum from ${MODULE}.counter`,
  );
  return row?.sum ?? 0;
}
