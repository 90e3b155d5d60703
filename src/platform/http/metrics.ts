import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { FeedReaders } from '../events/feed-readers.js';
import { type HostedModule, HostedModules } from '../hosted-modules.js';
import { countSagas } from '../sagas/saga.statements.js';
import { sharedLook } from '../shared-look.js';
import { internalRoutes } from './internal.js';

/** Seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What one app tells of itself and its modules, in Prometheus' text format. */
export class Metrics {
  private readonly counted = new Registry();
  private readonly requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'From the arrival of a request to the end of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers: [this.counted],
  });
  private readonly modules: readonly HostedModule[];
  private readonly sagas: ReadonlyArray<() => Promise<Sample[]>>;

  constructor(
    hosted: HostedModules,
    private readonly readers: FeedReaders,
  ) {
    this.modules = hosted.inCallOrder();
    this.sagas = this.modules.map((module) => sharedLook(() => sagasOf(module)));
  }

  /** Notes a request that was answered; the route is its pattern, so that there are few of them. */
  answered(method: string, route: string, status: number, seconds: number): void {
    this.requests.observe({ method, route, status }, seconds);
  }

  /** All that is known now, within 2 s; what a database does not tell by then is left out. */
  async scrape(): Promise<string> {
    const [lags, sagas] = await Promise.all([
      this.readers.lag(),
      known(this.sagas.map((count) => count())),
    ]);
    const perFeed = (what: 'events' | 'seconds' | 'parked') =>
      lags.map(({ module, feed, ...lag }) => ({ labels: { module, feed }, value: lag[what] }));
    const perPool = (what: 'inUse' | 'waiting') =>
      this.modules.map(({ database: { module, load } }) => ({
        labels: { module },
        value: load[what],
      }));
    const seen = new Registry();
    const gauge = gaugesIn(seen);
    gauge('feed_lag_events', 'Events that a module has not read.', perFeed('events'));
    gauge('feed_lag_seconds', 'Age of the oldest event that it has not read.', perFeed('seconds'));
    gauge('feed_parked_events', 'Events that it has put aside.', perFeed('parked'));
    gauge('sagas_under_way', 'Sagas that have not ended.', sagas.flat());
    gauge('database_connections_in_use', 'Connections of a pool at work.', perPool('inUse'));
    gauge('database_requests_waiting', 'Requests that wait for one.', perPool('waiting'));
    const texts = [ofProcess(), this.counted, seen].map((registry) => registry.metrics());
    return (await Promise.all(texts)).join('\n');
  }
}

const gaugesIn = (registry: Registry) => (name: string, help: string, samples: Sample[]) => {
  if (samples.length === 0) return;
  const labelNames = Object.keys(samples[0]?.labels ?? {});
  const gauge = new Gauge({ name, help, labelNames, registers: [registry] });
  for (const { labels, value } of samples) gauge.set(labels, value);
};

async function sagasOf({ database }: HostedModule): Promise<Sample[]> {
  const rows = await database.query<{ state: string; value: number }>(countSagas);
  return rows.map(({ state, value }) => ({ labels: { module: database.module, state }, value }));
}

async function known<T>(asked: readonly Promise<T>[]): Promise<T[]> {
  const answers = await Promise.allSettled(asked);
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
}

let processRegistry: Registry | undefined;

/** Of the process, however many apps it runs: its observers never end. */
function ofProcess(): Registry {
  if (processRegistry) return processRegistry;
  processRegistry = new Registry();
  collectDefaultMetrics({ register: processRegistry });
  return processRegistry;
}

/** Measures the app's requests, and serves its metrics at `/internal/metrics`. */
export function serveMetrics(app: NestFastifyApplication): void {
  const metrics = new Metrics(app.get(HostedModules), app.get(FeedReaders));
  const server = app.getHttpAdapter().getInstance();
  server.addHook('onResponse', ({ method, routeOptions }, { statusCode, elapsedTime }, done) => {
    metrics.answered(method, routeOptions.url ?? 'none', statusCode, elapsedTime / 1000);
    done();
  });
  internalRoutes(server, (routes) => {
    routes.get('/metrics', async (_request, reply) =>
      reply.type(Registry.PROMETHEUS_CONTENT_TYPE).send(await metrics.scrape()),
    );
  });
}
