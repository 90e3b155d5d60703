import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import sql from 'sql-template-tag';
import { ModuleDatabase } from '#platform/database/module-database';
import { FeedReaders } from '#platform/events/feed-readers';
import { type HostedModule, HostedModules } from '#platform/hosted-modules';
import { Metrics } from '#platform/http/metrics';
import { appConfig, createApp, listenInternally } from '../../src/app.js';
import type { FixtureApp } from '../support/fixture-project.js';
import { PrismaClient } from '../support/prisma-client.js';
import { sender } from '../support/sender.js';
import { type TestApp } from '../support/test-app.js';
import { testEnvironment } from '../support/test-project.js';
import { waitFor } from '../support/wait-for.js';
import { HarbourModule } from './events/harbour.js';
import { before, FleetModule } from './events/hearers.js';
import { Stage } from './events/stage.js';
import { expectProblem } from './problems.js';

/** The samples of a scrape by name and labels, such as `feed_lag_events{module="fleet",feed="harbour"}`. */
function samplesOf(text: string): Record<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}

describe('the metrics of the modules', () => {
  const stage = new Stage();
  let app: FixtureApp;
  let metrics: Metrics;

  beforeAll(async () => {
    app = await stage.start(HarbourModule, FleetModule);
    metrics = new Metrics(app.nest.get(HostedModules), app.nest.get(FeedReaders));
  });
  const scrape = async () => samplesOf(await metrics.scrape());

  it('tell how far each module has read each feed, and what it has put aside', async () => {
    let open: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (open = resolve));
    before.keeper = async ({ subject }) => {
      if (subject === 'Maud') await held;
    };
    await stage.forge('harbour.ship-moored.v2', 'Fram', { ship: 'Fram', n: 1 });
    await stage.caughtUp('fleet');
    await stage.moor(app, 'Maud', 2, 3);
    const found = await scrape();
    open();
    await stage.caughtUp('fleet');
    const pair = '{module="fleet",feed="harbour"}';
    expect(found[`feed_parked_events${pair}`]).toBe(1);
    expect(found[`feed_lag_events${pair}`]).toBe(2);
    expect(found[`feed_lag_seconds${pair}`]).toBeGreaterThan(0);
    expect(await scrape()).toMatchObject({
      [`feed_lag_events${pair}`]: 0,
      [`feed_lag_seconds${pair}`]: 0,
    });
  });

  it('tell how many sagas are under way, and how many wait for a person', async () => {
    const insert = 'insert into saga (id, name, input, state, step, parked_at) values';
    await stage.project.sql(
      'fleet',
      `${insert} ('a', 'sail', '{}', 'running', 'cast-off', null), ('b', 'sail', '{}', 'running', 'cast-off', null),
         ('c', 'sail', '{}', 'compensating', 'cast-off', null), ('d', 'sail', '{}', 'compensating', 'cast-off', now()),
         ('e', 'sail', '{}', 'completed', null, null)`,
    );
    const found = await scrape();
    await stage.project.sql('fleet', 'delete from saga');
    const states = Object.entries(found).filter(([name]) => name.includes('module="fleet",state='));
    expect(Object.fromEntries(states)).toEqual({
      'sagas_under_way{module="fleet",state="running"}': 2,
      'sagas_under_way{module="fleet",state="compensating"}': 1,
      'sagas_under_way{module="fleet",state="parked"}': 1,
    });
    expect(found['sagas_under_way{module="harbour",state="running"}']).toBe(0);
  });

  it('tell how many connections are in use, and how many requests wait for one', async () => {
    const database = app.database('fleet');
    const listening = await Promise.all(
      Array.from({ length: database.poolSize }, () =>
        database.listen(['nothing'], () => undefined),
      ),
    );
    const waiting = database.query(sql`select 1`);
    await waitFor(() => database.load.waiting > 0);
    const found = await scrape();
    listening.forEach((one) => one.end());
    await waiting;
    expect(found['database_connections_in_use{module="fleet"}']).toBe(database.poolSize);
    expect(found['database_requests_waiting{module="fleet"}']).toBeGreaterThan(0);
    // Of a module whose pool is exhausted, the rest is not known in time.
    expect(found).not.toHaveProperty('sagas_under_way{module="fleet",state="running"}');
    expect(found).toHaveProperty('sagas_under_way{module="harbour",state="running"}');
  });

  it('leave out a module whose database is away, and tell all of the others', async () => {
    const url = 'postgres://nobody@127.0.0.1:1/nowhere';
    const away = new ModuleDatabase({ module: 'away', url, poolSize: 1 }, PrismaClient);
    const hosted = new HostedModules();
    const [harbour] = app.nest.get(HostedModules).inCallOrder() as [HostedModule];
    hosted.add(harbour);
    hosted.add({ ...harbour, manifest: { name: 'away', calls: [], hears: [] }, database: away });
    const found = samplesOf(await new Metrics(hosted, app.nest.get(FeedReaders)).scrape());
    await away.onApplicationShutdown();
    const told = (module: string) =>
      Object.keys(found).filter((name) => name.includes(`module="${module}"`));
    expect(told('away')).toEqual([
      'database_connections_in_use{module="away"}',
      'database_requests_waiting{module="away"}',
    ]);
    expect(told('harbour')).toContain('sagas_under_way{module="harbour",state="running"}');
    expect(told('fleet')).toContain('feed_lag_events{module="fleet",feed="harbour"}');
  });

  it('ask a database once, however many scrapes there are at a time', async () => {
    const asked: string[] = [];
    for (const module of ['harbour', 'fleet']) {
      const database = app.database(module);
      const query = database.query.bind(database) as (given: unknown) => Promise<never>;
      database.query = ((given: { text?: string }) => {
        if (/feed_behind|'parked'/.test(given.text ?? '')) asked.push(module);
        return query(given);
      }) as never;
    }
    await Promise.all(Array.from({ length: 10 }, () => metrics.scrape()));
    for (const module of ['harbour', 'fleet'])
      Reflect.deleteProperty(app.database(module), 'query');
    // Each module's sagas, and the publisher's feed.
    expect(asked.sort()).toEqual(['fleet', 'harbour', 'harbour']);
  });

  it('are those of one app, but for what is told of the process', async () => {
    const other = new Metrics(app.nest.get(HostedModules), app.nest.get(FeedReaders));
    other.answered('GET', '/boats/:id', 200, 0.02);
    const name =
      'http_request_duration_seconds_count{method="GET",route="/boats/:id",status="200"}';
    expect(samplesOf(await other.scrape())).toMatchObject({ [name]: 1 });
    const found = await scrape();
    expect(found).not.toHaveProperty([name]);
    expect(found).toHaveProperty('process_cpu_seconds_total');
  });
});

describe('GET /internal/metrics', () => {
  let nest: NestFastifyApplication;
  let open: TestApp['send'];
  let internal: TestApp['send'];

  beforeAll(async () => {
    const config = appConfig({ ...testEnvironment(), PORT: '0', INTERNAL_PORT: '0' });
    nest = await createApp(config);
    await nest.listen(0, '127.0.0.1');
    open = sender(`http://127.0.0.1:${(nest.getHttpServer().address() as AddressInfo).port}`);
    internal = sender(`http://127.0.0.1:${await listenInternally(nest, config)}`);
  });
  afterAll(() => nest.close());

  it('answers on the internal listener alone', async () => {
    const { status, headers, body } = await internal('GET', '/internal/metrics');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(body).toContain('# TYPE http_request_duration_seconds histogram\n');
    for (const path of ['/internal/metrics', '/metrics']) {
      expectProblem(await open('GET', path), 404, 'http.not-found');
    }
  });

  it('tells of requests by the pattern of their route', async () => {
    await open('GET', '/nowhere/1');
    await open('GET', '/health/live');
    await open('GET', '/assets/nothing.js');
    await open('GET', '/assets/no-more.js');
    const found = await waitFor(async () => {
      const samples = samplesOf((await internal('GET', '/internal/metrics')).body);
      return samples[count('/assets/:name', 404)] === 2 && samples;
    });
    expect(found[count('/health/live', 200)]).toBe(1);
    expect(found[count('none', 404)]).toBeGreaterThan(0);
    expect(Object.keys(found).filter((name) => /nothing|nowhere/.test(name))).toEqual([]);
  });
});

const count = (route: string, status: number) =>
  `http_request_duration_seconds_count{method="GET",route="${route}",status="${status}"}`;
