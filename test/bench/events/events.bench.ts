import { setTimeout as pause } from 'node:timers/promises';
import { emptyReadModel } from '../../../scripts/lib/events/rebuild.js';
import { targetsOf } from '../../../scripts/lib/migrations/index.js';
import type { MigrationTarget } from '../../../scripts/lib/migrations/types.js';
import { type FixtureApp, FixtureProject } from '../../support/fixture-project.js';
import { waitFor } from '../../support/wait-for.js';
import { type Bench, measurementsOf, percentile, progress } from '../measurement.js';
import { fromSource, startServer } from '../server-process.js';
import { fillShop, heardAll, startOutside } from '../shop.js';
import { setStage, type Stage } from '../stage.js';
import { type Crowd, CROWDS, EFFECT, hearers, modules, publishers } from './hearers.js';

const RUNS = 5;
/** Events of one run. */
const EVENTS = 4_000;
const SINGLES = 1_000;
const PER_SECOND = 100;
const SECONDS = 15;
/** Orders behind the reports; each was told of by five events. */
const ORDERS = 12_000;
const measured = measurementsOf('events');

export const eventsBench: Bench = {
  name: 'events',
  about:
    'From the commit of an event to the commit of its effect, by the clock of Postgres ' +
    '(`track_commit_timestamp`), in one process that publishes and hears. `throughput_eps`: one ' +
    `transaction publishes ${EVENTS} events, which a handler takes one by one and writes one ` +
    'statement for each; until the last effect is committed. `throughput_4_over_1_ratio` and `7`: ' +
    'events per second until 4, or 7, modules have all handled each, over those of 1, in turns. ' +
    '`single_eps`: the same with each event in a transaction of its own, ten at a time, publishing ' +
    `included. \`latency\`: ${PER_SECOND} transactions a second at random times, whether or not ` +
    'the ones before are done. `rebuild_eps`: the rows of reporting made again from the first ' +
    'event of six feeds on, by the running shop, until it has heard the last. Postgres shares the ' +
    'cores, and commits do not wait for the disk.',
  async measure() {
    return [...(await withHearers(measureHearers)), ...(await measureRebuild())];
  },
};

async function withHearers<T>(work: (stage: Stage, app: FixtureApp) => Promise<T>): Promise<T> {
  const stage = await setStage([...Object.values(publishers).map(({ name }) => name), ...hearers]);
  try {
    const project = new FixtureProject(stage.project);
    for (const hearer of hearers) await project.sql(hearer, EFFECT);
    const app = await project.start(modules);
    return await work(stage, app).finally(app.close);
  } finally {
    await stage.close();
  }
}

async function measureHearers(stage: Stage, app: FixtureApp) {
  const rates: Record<Crowd, number[]> = { 1: [], 4: [], 7: [] };
  for (let run = 0; run <= RUNS; run += 1) {
    for (const crowd of CROWDS) {
      await publishAtOnce(app, crowd);
      const rate = await rateOf(stage, crowd, EVENTS);
      progress(`events: ${run}/${RUNS}: ${crowd} hearers, ${rate.toFixed()}/s`);
      // The first one warms up.
      if (run > 0) rates[crowd].push(rate);
    }
  }
  const singles: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    await publishSingly(app);
    singles.push(await rateOf(stage, 1, SINGLES));
    progress(`events: ${run + 1}/${RUNS}: single transactions, ${singles.at(-1)?.toFixed()}/s`);
  }
  await publishEvenly(app);
  const latencies = await latenciesOf(stage, 1, PER_SECOND * SECONDS);
  const over1 = (crowd: Crowd) => rates[crowd].map((rate, run) => rate / (rates[1][run] as number));
  const effects = (crowd: Crowd) => `${crowd} effects of each event`;
  const arrivals = `${latencies.length} events`;
  return [
    measured('throughput_eps', '1/s', rates[1]),
    measured('throughput_4_over_1_ratio', '', over1(4), effects(4)),
    measured('throughput_7_over_1_ratio', '', over1(7), effects(7)),
    measured('single_eps', '1/s', singles, 'publishing included'),
    measured('latency_p50_ms', 'ms', [percentile(latencies, 0.5)], arrivals),
    measured('latency_p99_ms', 'ms', [percentile(latencies, 0.99)], arrivals),
  ];
}

const publish = (app: FixtureApp, crowd: Crowd, count: number): Promise<void> => {
  const { name, happened } = publishers[crowd];
  const data = Array.from({ length: count }, (_, n) => ({ n }));
  return app.database(name).transaction((tx) => tx.publish(happened, data));
};

const publishAtOnce = (app: FixtureApp, crowd: Crowd) => publish(app, crowd, EVENTS);

async function publishSingly(app: FixtureApp): Promise<void> {
  let left = SINGLES;
  const publisher = async () => {
    while ((left -= 1) >= 0) await publish(app, 1, 1);
  };
  await Promise.all(Array.from({ length: 10 }, publisher));
}

/** Independent arrivals: the pauses between them are distributed exponentially. */
async function publishEvenly(app: FixtureApp): Promise<void> {
  const published: Promise<void>[] = [];
  let due = performance.now();
  while (published.length < PER_SECOND * SECONDS) {
    due += (-Math.log(1 - Math.random()) * 1_000) / PER_SECOND;
    const early = due - performance.now();
    if (early > 1) await pause(early);
    published.push(publish(app, 1, 1));
  }
  await Promise.all(published);
}

interface Times {
  published: number;
  effect: number;
}

/** When the newest events of a feed, and all of their effects, were committed; in milliseconds. */
async function timesOf({ admin }: Stage, crowd: Crowd, count: number): Promise<Times[]> {
  const { name } = publishers[crowd];
  const effects = hearers
    .slice(0, crowd)
    .map((hearer) => `select position, xmin from ${hearer}.effect where source = '/${name}'`);
  const at = (xmin: string) =>
    `extract(epoch from pg_xact_commit_timestamp(${xmin}))::float8 * 1000`;
  return waitFor(async () => {
    const { rows } = await admin.query<Times>(`
      with told as (select position, xmin from ${name}.feed order by position desc limit ${count})
      select min(${at('told.xmin')}) as published, max(${at('effect.xmin')}) as effect
      from told join (${effects.join(' union all ')}) effect using (position)
      group by position having count(*) = ${crowd}`);
    return rows.length === count && rows;
  }, 120_000);
}

async function rateOf(stage: Stage, crowd: Crowd, count: number): Promise<number> {
  await waitFor(() => handled(stage, crowd), 120_000);
  const times = await timesOf(stage, crowd, count);
  const began = Math.min(...times.map(({ published }) => published));
  const ended = Math.max(...times.map(({ effect }) => effect));
  for (const hearer of hearers) await stage.admin.query(`truncate ${hearer}.effect`);
  return (count / (ended - began)) * 1_000;
}

/** Asked before the times, since those cost the server something. */
async function handled({ admin }: Stage, crowd: Crowd): Promise<boolean> {
  const { name } = publishers[crowd];
  const cursors = hearers
    .slice(0, crowd)
    .map((hearer) => `select position from ${hearer}.cursor where feed = '${name}'`);
  const { rows } = await admin.query<{ done: boolean }>(`
    select min(position) = (select last_value from ${name}.feed_position) as done
    from (${cursors.join(' union all ')}) cursors`);
  return rows[0]?.done === true;
}

const latenciesOf = async (stage: Stage, crowd: Crowd, count: number) =>
  (await timesOf(stage, crowd, count)).map(({ published, effect }) => effect - published);

async function measureRebuild() {
  const stage = await setStage();
  const outside = await startOutside();
  try {
    await fillShop(stage, ORDERS);
    const environment = { ...stage.environment, ...outside.environment };
    const app = await startServer([...fromSource, 'src/main.ts'], environment);
    try {
      await heardAll(stage);
      return [await rebuild(stage)];
    } finally {
      await app.stop();
    }
  } finally {
    await outside.close();
    await stage.close();
  }
}

async function rebuild(stage: Stage) {
  const { project } = stage;
  const [target] = targetsOf(project, project.name, ['reporting']);
  const { rows } = await stage.admin.query<{ count: number }>(
    `select (${[...'catalog customers orders inventory billing shipping'.split(' ')]
      .map((feed) => `(select count(*) from ${feed}.feed)`)
      .join(' + ')})::int as count`,
  );
  const count = rows[0]?.count ?? 0;
  const rates: number[] = [];
  for (let run = 1; run <= 3; run += 1) {
    await emptyReadModel(target as MigrationTarget);
    const began = performance.now();
    await heardAll(stage);
    rates.push((count / (performance.now() - began)) * 1_000);
    progress(`events: ${run}/3: rebuilt at ${rates.at(-1)?.toFixed()}/s`);
  }
  return measured('rebuild_eps', '1/s', rates, `${count} events of six feeds`);
}
