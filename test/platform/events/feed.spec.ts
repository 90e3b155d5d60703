import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { sql } from '#platform/database';
import { append } from '#platform/events';
import type { Envelope } from '#platform/events/event';
import { LocalFeed } from '#platform/events/feed-source';
import { type FixtureApp, FixtureProject } from '../../support/fixture-project.js';
import { testProject } from '../../support/test-project.js';
import { waitFor } from '../../support/wait-for.js';
import { HarbourModule, ShipMoored, ShipSailed } from './harbour.js';
import { writeInACrowd, type Written } from './writers.js';

let project: FixtureProject;
let app: FixtureApp;
let feed: LocalFeed;
const clients: pg.Client[] = [];

beforeAll(async () => {
  project = await FixtureProject.open('harbour', 'fleet');
  app = await project.start([HarbourModule]);
  feed = new LocalFeed(app.database('harbour'));
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.end()));
  await app.close();
  await project.close();
});
beforeEach(() => project.sql('harbour', 'delete from feed'));

async function connect(url = project.url('harbour', 'login')): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  clients.push(client);
  return client;
}

/** Appends events and gives their positions. */
async function publish(client: pg.Client, ...ns: number[]): Promise<void> {
  const { text, values } = append(
    ShipMoored,
    ns.map((n) => ({ ship: 'Fram', n })),
  );
  await client.query(text, values);
}

const numbers = (events: readonly Envelope[]) =>
  events.map(({ data }) => (data as { n: number }).n);
const readAll = async () => numbers(await feed.read(0, 100));

type Read = (after: number) => Promise<Envelope[]>;

/** Reads on from the last position, all the time, until it has so many events or is told to end. */
async function readAlong(read: Read, writing: Promise<Written>): Promise<[Envelope[], Written]> {
  const seen: Envelope[] = [];
  const readOn = async () => {
    const events = await read(seen.at(-1)?.position ?? 0);
    seen.push(...events);
    return events.length;
  };
  let written: Written | undefined;
  void writing.then((result) => (written = result));
  while (written === undefined) await readOn();
  while ((await readOn()) > 0);
  return [seen, written];
}

const inNumber = (list: readonly number[]) => [...list].sort((one, other) => one - other);

/** A write transaction that has nothing to do with the feed, and stays open. */
async function unrelatedTransaction(url: string, table: string): Promise<pg.Client> {
  const client = await connect(url);
  await client.query("set idle_in_transaction_session_timeout = '5min'");
  await client.query('begin');
  await client.query(`create table ${table} as select pg_current_xact_id() as id`);
  return client;
}

describe('a feed that many transactions append to at once', () => {
  it('is read without skipping or repeating an event, in order', async () => {
    const writing = writeInACrowd(project.url('harbour', 'login'), 12, 250);
    const [seen, written] = await readAlong((after) => feed.read(after, 500), writing);
    expect(written.committed.length).toBeGreaterThan(3_000);
    expect(written.rolledBack).toBeGreaterThan(0);
    expect(inNumber(numbers(seen))).toEqual(inNumber(written.committed));
    const positions = seen.map(({ position }) => position);
    expect(positions).toEqual(inNumber(positions));
    expect(new Set(positions).size).toBe(positions.length);
  });

  it('is read in full while unrelated write transactions stay open', async () => {
    const open = [
      await unrelatedTransaction(project.url('fleet'), 'unrelated'),
      await unrelatedTransaction(testProject().adminUrl, 'public.unrelated'),
    ];
    const writing = writeInACrowd(project.url('harbour', 'login'), 12, 80);
    const [seen, written] = await readAlong((after) => feed.read(after, 500), writing);
    expect(inNumber(numbers(seen))).toEqual(inNumber(written.committed));
    for (const client of open) {
      expect(
        (await client.query('select pg_current_xact_id_if_assigned() as id')).rows[0].id,
      ).not.toBe(null);
      await client.query('rollback');
    }
  });

  it('loses events to a reader that goes by positions alone', async () => {
    // The control: were it not so, the two tests above would prove nothing.
    const client = await connect();
    const naive = async (after: number) =>
      (
        await client.query<Envelope>(
          `select position::int, data from feed where position > $1 order by position`,
          [after],
        )
      ).rows;
    const writing = writeInACrowd(project.url('harbour', 'login'), 12, 20);
    const [seen, written] = await readAlong(naive, writing);
    expect(seen.length).toBeLessThan(written.committed.length);
  });
});

describe('an event that is not committed', () => {
  it('holds back those behind it, and nothing before it', async () => {
    const [early, late] = [await connect(), await connect()];
    await publish(early, 1);
    await late.query('begin');
    await publish(late, 2);
    await publish(early, 3);
    expect(await readAll()).toEqual([1]);
    await late.query('commit');
    expect(await readAll()).toEqual([1, 2, 3]);
  });

  it('holds back nothing once it is rolled back, be it to a savepoint', async () => {
    const [early, late] = [await connect(), await connect()];
    await late.query('begin; savepoint before');
    await publish(late, 1);
    await publish(early, 2);
    expect(await readAll()).toEqual([]);
    await late.query('rollback to before');
    expect(await readAll()).toEqual([2]);
    await publish(late, 3);
    await publish(early, 4);
    expect(await readAll()).toEqual([2]);
    await late.query('rollback');
    expect(await readAll()).toEqual([2, 4]);
  });

  it('holds back while it was appended after a savepoint that was released', async () => {
    const [early, late] = [await connect(), await connect()];
    await late.query('begin; savepoint before');
    await publish(late, 1);
    await late.query('release before');
    await publish(early, 2);
    expect(await readAll()).toEqual([]);
    await late.query('commit');
    expect(await readAll()).toEqual([1, 2]);
  });
});

describe('a transaction that appends', () => {
  const locks = `select count(*)::int as count from pg_locks
    where locktype = 'advisory' and pid = pg_backend_pid()`;

  it('takes one lock for 20,000 events in one statement, and for as many statements as it likes', async () => {
    const client = await connect();
    await client.query('begin');
    await publish(client, ...Array.from({ length: 20_000 }, (_, n) => n));
    for (let n = 0; n < 100; n += 1) await publish(client, n);
    expect((await client.query(locks)).rows).toEqual([{ count: 1 }]);
    await client.query('commit');
    expect((await client.query(locks)).rows).toEqual([{ count: 0 }]);
    const [row] = await project.sql('harbour', 'select count(*)::int as count from feed');
    expect(row).toEqual({ count: 20_100 });
  });

  it('takes its lock anew when the next one begins', async () => {
    const client = await connect();
    for (let turn = 0; turn < 2; turn += 1) {
      await client.query('begin');
      await publish(client, turn);
      expect((await client.query(locks)).rows).toEqual([{ count: 1 }]);
      await client.query('commit');
    }
  });

  it('appends from within a statement only when the CTE that it depends on has a row', async () => {
    const { database } = { database: app.database('harbour') };
    const statement = (condition: boolean) => sql`
      with begun as (select 1 as one where ${condition}::boolean),
      published as (${append(ShipSailed, { ship: 'Fram', n: 7 }, { from: sql`begun` })})
      select count(*)::int as begun from begun`;
    expect(await database.query(statement(false))).toEqual([{ begun: 0 }]);
    expect(await readAll()).toEqual([]);
    expect(await database.query(statement(true))).toEqual([{ begun: 1 }]);
    expect(await readAll()).toEqual([7]);
  });
});

describe('reading a feed', () => {
  it('gives CloudEvents', async () => {
    await publish(await connect(), 1);
    const [event] = await feed.read(0, 1);
    expect(event).toEqual({
      specversion: '1.0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      source: '/harbour',
      type: 'harbour.ship-moored.v1',
      subject: 'Fram',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      datacontenttype: 'application/json',
      data: { ship: 'Fram', n: 1 },
      position: expect.any(Number),
    });
  });

  it('gives no more than was asked for, and goes on behind the last', async () => {
    await publish(await connect(), 1, 2, 3);
    const first = await feed.read(0, 2);
    expect(numbers(first)).toEqual([1, 2]);
    expect(numbers(await feed.read(first.at(-1)?.position ?? 0, 2))).toEqual([3]);
  });

  it('is refused in a transaction with one snapshot, which would skip events', async () => {
    const client = await connect();
    await publish(client, 1);
    await client.query('begin isolation level repeatable read');
    await expect(client.query('select * from read_feed(0, 1)')).rejects.toThrow(
      'a feed is read on the primary, and in "read committed"',
    );
    await client.query('rollback');
  });

  it('is not for another module', async () => {
    const stranger = await connect(project.url('fleet', 'login'));
    for (const statement of [
      'select * from harbour.feed',
      'select * from harbour.read_feed(0, 1)',
      "select harbour.next_feed_position('harbour.feed_position')",
    ]) {
      await expect(stranger.query(statement)).rejects.toMatchObject({ code: '42501' });
    }
  });
});

describe('a hint', () => {
  it('comes with a commit that appended, and with no other', async () => {
    const database = app.database('harbour');
    let hints = 0;
    const end = database.feed.subscribe(() => (hints += 1));
    await database.query(sql`select 1`);
    await database.transaction((tx) => tx.$queryRaw(sql`select 1`));
    const undone = database.transaction(async (tx) => {
      await tx.publish(ShipMoored, { ship: 'Fram', n: 1 });
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(hints).toBe(0);
    await database.transaction((tx) => tx.publish(ShipMoored, { ship: 'Fram', n: 1 }));
    await database.transaction((tx) => tx.$executeRaw(append(ShipMoored, { ship: 'Fram', n: 2 })));
    await database.query(
      sql`with published as (${append(ShipMoored, { ship: 'Fram', n: 3 })}) select 1`,
    );
    expect(hints).toBe(3);
    end();
  });

  it('reaches other processes after the commit, however many there were at most a few', async () => {
    const listener = await connect(project.url('fleet', 'login'));
    const payloads: string[] = [];
    listener.on('notification', ({ payload = '' }) => payloads.push(payload));
    await listener.query('listen feed');
    const database = app.database('harbour');
    await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        database.transaction((tx) => tx.publish(ShipMoored, { ship: 'Fram', n })),
      ),
    );
    await waitFor(() => payloads.length > 0);
    expect(payloads[0]).toMatch(/^harbour [0-9a-f-]{36}$/);
    expect(payloads.length).toBeLessThan(50);
  });
});

describe('publishing', () => {
  const publishing = (work: Parameters<ReturnType<FixtureApp['database']>['transaction']>[0]) =>
    app.database('harbour').transaction(work);

  it('is part of the transaction', async () => {
    const undone = publishing(async (tx) => {
      await tx.publish(ShipMoored, { ship: 'Fram', n: 1 });
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await readAll()).toEqual([]);
  });

  it('takes a list, in its order', async () => {
    await publishing((tx) =>
      tx.publish(ShipMoored, [
        { ship: 'Fram', n: 2 },
        { ship: 'Fram', n: 1 },
      ]),
    );
    expect(await readAll()).toEqual([2, 1]);
  });

  it('is refused for data that does not fit the schema, and undoes the transaction', async () => {
    const wrong = publishing(async (tx) => {
      await tx.publish(ShipMoored, { ship: 'Fram', n: 1 });
      await tx.publish(ShipMoored, { ship: 'Fram', n: 'two' } as never);
    });
    await expect(wrong).rejects.toThrow('expected number');
    expect(await readAll()).toEqual([]);
  });
});
