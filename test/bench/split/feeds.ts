import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { NestFactory } from '@nestjs/core';
import pg from 'pg';
import { append } from '#platform/events';
import { CHANNEL } from '#platform/events/feed-signal';
import { PlatformModule } from '#platform/platform.module';
import { publicHalfOf } from '#platform/wire/keys';
import { FixtureProject } from '../../support/fixture-project.js';
import { waitFor } from '../../support/wait-for.js';
import { type Measurement, measurementsOf, progress } from '../measurement.js';
import { fromSource, startServer } from '../server-process.js';
import { setStage, type Stage } from '../stage.js';
import { configured, EFFECT, Happened, SinkModule } from './source-and-sink.js';

const SOURCE = fileURLToPath(new URL('source.process.ts', import.meta.url));
const RUNS = 5;
/** Events of one run. */
const EVENTS = 4_000;
const measured = measurementsOf('split');

class Sink {}

/** How fast the feed of another process is heard. */
export async function measureFeeds(): Promise<Measurement[]> {
  const stage = await setStage(['source', 'sink']);
  try {
    await new FixtureProject(stage.project).sql('sink', EFFECT);
    const key = randomBytes(32).toString('base64url');
    const source = await startServer([...fromSource, SOURCE], {
      ...stage.environment,
      MODULES: 'source',
      INTERNAL_PORT: '0',
      SINK_PUBLIC_KEY: publicHalfOf(key),
    });
    const { config, manifests } = configured({
      ...stage.environment,
      MODULES: 'sink',
      SOURCE_URL: source.url,
      SINK_PRIVATE_KEY: key,
    });
    const imports = [PlatformModule.register(config, manifests), SinkModule];
    const sink = await NestFactory.createApplicationContext(
      { module: Sink, imports },
      { logger: ['warn', 'error'] },
    );
    try {
      return [measured('feed_http_eps', '1/s', await rates(stage), 'one effect of each event')];
    } finally {
      await sink.close();
      await source.stop();
    }
  } finally {
    await stage.close();
  }
}

async function rates(stage: Stage): Promise<number[]> {
  const found: number[] = [];
  for (let run = 0; run <= RUNS; run += 1) {
    await publish(stage);
    const rate = await rateOf(stage);
    progress(`split: feeds ${run}/${RUNS}: ${rate.toFixed()}/s`);
    // The first one warms up.
    if (run > 0) found.push(rate);
  }
  return found;
}

/** In one transaction, and with the hint that a process would send after it. */
async function publish({ environment }: Stage): Promise<void> {
  const client = new pg.Client({ connectionString: environment['SOURCE_DATABASE_URL'] });
  await client.connect();
  const { text, values } = append(
    Happened,
    Array.from({ length: EVENTS }, (_, n) => ({ n })),
  );
  await client.query(text, values);
  await client.query('select pg_notify($1, $2)', [CHANNEL, 'source bench']);
  await client.end();
}

/** From the commit of the events to that of the last effect, by the server's clock. */
async function rateOf({ admin }: Stage): Promise<number> {
  await waitFor(async () => {
    const { rows } = await admin.query<{ done: boolean }>(
      'select position = (select last_value from source.feed_position) as done from sink.cursor',
    );
    return rows[0]?.done === true;
  }, 120_000);
  const { rows } = await admin.query<{ count: number; seconds: number }>(`
    select count(*)::int as count,
      extract(epoch from max(pg_xact_commit_timestamp(effect.xmin))
        - min(pg_xact_commit_timestamp(feed.xmin)))::float8 as seconds
    from sink.effect join source.feed using (position)`);
  await admin.query('truncate sink.effect');
  const { count = 0, seconds = 0 } = rows[0] ?? {};
  if (count !== EVENTS) throw new Error(`${count} of ${EVENTS} events were heard`);
  return count / seconds;
}
