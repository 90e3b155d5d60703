import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { privateKeyVariable } from '#config';
import { append } from '#platform/events';
import { LocalFeed } from '#platform/events/feed-source';
import { privateKeyOf } from '#platform/wire/keys';
import { issueToken } from '#platform/wire/module-token';
import type { FixtureProcess } from '../../support/fixture-processes.js';
import type { Answer } from '../../support/sender.js';
import { waitFor } from '../../support/wait-for.js';
import { expectProblem } from '../problems.js';
import { ShipMoored } from './harbour.js';
import { RemoteStage } from './remote-stage.js';

const stage = new RemoteStage();
let publisher: FixtureProcess;

beforeAll(async () => {
  publisher = await stage.publisher();
  waiting = watchWaiting(publisher);
});

const tokenOf = (caller: string, scope = 'harbour.feed', now = Date.now()) => {
  const environment = stage.processes.environmentOf(caller);
  const key = privateKeyOf(environment[privateKeyVariable(caller)] as string);
  return issueToken(key, { caller, callee: 'harbour', scope }, now);
};

async function ask(query: string, token?: string, url = publisher): Promise<Answer> {
  const headers = { authorization: `Bearer ${token ?? (await tokenOf('fleet'))}` };
  return url.sendInternally('GET', `/internal/feeds/harbour${query}`, undefined, headers);
}

/** The answer as it travels. */
async function raw(encoding: string, most: number) {
  const headers = {
    authorization: `Bearer ${await tokenOf('fleet')}`,
    'accept-encoding': encoding,
  };
  const sent = request(
    `${publisher.internalUrl}/internal/feeds/harbour?after=0&most=${most}&wait=0`,
    {
      headers,
    },
  ).end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return { encoding: answer.headers['content-encoding'], body: await buffer(answer) };
}

const numbers = ({ body }: Answer): number[] =>
  body.map(({ data }: { data: { n: number } }) => data.n);

/** How many wait for news of the feed. */
let waiting: () => number;

function watchWaiting(app: FixtureProcess): () => number {
  const signal = app.database('harbour').feed;
  const subscribe = signal.subscribe.bind(signal);
  let count = 0;
  jest.spyOn(signal, 'subscribe').mockImplementation((listener) => {
    const unsubscribe = subscribe(listener);
    count += 1;
    return () => {
      count -= 1;
      return unsubscribe();
    };
  });
  return () => count;
}

/** A poll that waits for longer than a test does, begun. */
async function poll(app = publisher, count = waiting) {
  const after = await stage.lastPosition();
  let answer: Answer | undefined;
  void ask(`?after=${after}&most=10&wait=10000`, undefined, app).then((given) => (answer = given));
  await waitFor(() => count() > 0);
  return { answer: () => answer, answered: () => waitFor(() => answer, 5_000) };
}

describe('the feed over HTTP', () => {
  it('gives the events behind a position, as many as are asked for', async () => {
    await stage.moor(publisher, 'Fram', 1, 2, 3);
    const all = await ask('?after=0&most=10&wait=0');
    expect(all.status).toBe(200);
    expect(numbers(all)).toEqual([1, 2, 3]);
    expect(all.body[0]).toMatchObject({ specversion: '1.0', source: '/harbour', subject: 'Fram' });
    const { position } = all.body[0] as { position: number };
    expect(numbers(await ask(`?after=${position}&most=1&wait=0`))).toEqual([2]);
    expect((await ask(`/behind?after=${position}`)).body).toMatchObject({ events: 2 });
  });

  it('zips what is long for those who can read it, and nothing else', async () => {
    await stage.moor(publisher, 'Fram', ...Array.from({ length: 100 }, (_, n) => n));
    const [plain, zipped] = [await raw('identity', 100), await raw('gzip', 100)];
    expect(plain.encoding).toBeUndefined();
    expect(zipped.encoding).toBe('gzip');
    expect(gunzipSync(zipped.body)).toEqual(plain.body);
    expect(zipped.body.length).toBeLessThan(plain.body.length / 5);
    expect((await raw('gzip', 1)).encoding).toBeUndefined();
  });

  it.each(['?after=-1&most=1&wait=0', '?after=0&most=1', '?after=0&most=1e9&wait=0', ''])(
    'refuses a question that makes no sense: %s',
    async (query) => expectProblem(await ask(query), 400, 'http.invalid-request'),
  );

  it('is not there for the public', async () => {
    const headers = { authorization: `Bearer ${await tokenOf('fleet')}` };
    const path = '/internal/feeds/harbour?after=0&most=1&wait=0';
    expectProblem(await publisher.send('GET', path, undefined, headers), 404, 'http.not-found');
  });

  it.each([
    ['no token', async () => ''],
    ['a token for another thing', () => tokenOf('fleet', 'harbour.moor')],
    ['a token of the day before', () => tokenOf('fleet', 'harbour.feed', Date.now() - 86_400_000)],
  ])('is kept from who shows %s', async (_what, token) => {
    const answer = await ask('?after=0&most=1&wait=0', await token());
    expectProblem(answer, 401, 'wire.unauthenticated');
  });

  it('is kept from a module whose manifest does not declare that it hears it', async () => {
    for (const path of ['?after=0&most=1&wait=0', '/behind?after=0']) {
      expectProblem(await ask(path, await tokenOf('buoy')), 403, 'wire.not-allowed');
    }
  });
});

describe('a read that waits', () => {
  it('is answered when an event is committed', async () => {
    const { answer, answered } = await poll();
    expect(answer()).toBeUndefined();
    await stage.moor(publisher, 'Fram', 7);
    expect(numbers(await answered())).toEqual([7]);
    expect(waiting()).toBe(0);
  });

  it('is answered when another process commits one', async () => {
    const other = await stage.publisher();
    const { answer } = await poll();
    // It listens soon after the start; a hint before that is lost.
    await waitFor(async () => {
      await stage.moor(other, 'Fram', 7);
      return answer();
    }, 5_000);
    await stage.stop(other);
  });

  it('is answered when a transaction ends that was in the way, though nothing tells of that', async () => {
    const client = new pg.Client({ connectionString: stage.harbour.url('harbour', 'login') });
    await client.connect();
    const reads = jest.spyOn(LocalFeed.prototype, 'read').mock.results;
    const { answered } = await poll();
    const { text, values } = append(ShipMoored, { ship: 'Gauss', n: 1 });
    await client.query('begin');
    await client.query(text, values);
    await stage.moor(publisher, 'Fram', 2);
    // At first, and when it was told of the second event.
    await waitFor(() => reads.length >= 2);
    expect(await Promise.all(reads.slice(0, 2).map(({ value }) => value))).toEqual([[], []]);
    await client.query('rollback');
    await client.end();
    expect(numbers(await answered())).toEqual([2]);
  });

  it('is answered with an empty list when its time is up', async () => {
    const after = await stage.lastPosition();
    expect(await ask(`?after=${after}&most=10&wait=50`)).toMatchObject({ status: 200, body: [] });
  });

  it('ends when its reader is gone', async () => {
    const gone = new AbortController();
    const headers = { authorization: `Bearer ${await tokenOf('fleet')}` };
    const url = `${publisher.internalUrl}/internal/feeds/harbour?after=${2 ** 40}&most=1&wait=10000`;
    const answer = fetch(url, { headers, signal: gone.signal });
    await waitFor(() => waiting() > 0);
    gone.abort();
    await expect(answer).rejects.toThrow('aborted');
    await waitFor(() => waiting() === 0, 5_000);
  });

  it('keeps no process from ending', async () => {
    const ending = await stage.publisher();
    const { answered } = await poll(ending, watchWaiting(ending));
    await stage.stop(ending);
    expect(await answered()).toMatchObject({ status: 200, body: [] });
  });
});
