import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { urlWith } from '#platform/database/names';
import { startScratchServer } from '../../scripts/lib/embedded/index.js';
import { stepsOf } from '../../scripts/lib/extraction/dry-run.js';
import { readiness } from '../../scripts/lib/extraction/readiness/plan.js';
import { describeReadiness } from '../../scripts/lib/extraction/report.js';
import { placeOf } from '../../scripts/lib/extraction/sides/side.js';
import { waitFor } from '../support/wait-for.js';
import { MODULE, MovingModule, ROWS } from './moving-module.js';
import { UNMOVABLE } from './unmovable.js';

let moving: MovingModule;
beforeAll(async () => {
  moving = await MovingModule.open({ max_prepared_transactions: '1' });
  await moving.sql(ROWS);
});
afterAll(() => moving.close());

const plan = (target?: string) => moving.look((move) => readiness(move, []), target);

const found = async (wanted: 'refusal' | 'warning', target?: string) =>
  (await plan(target)).findings
    .filter(({ level }) => level === wanted)
    .map(({ rule, fact }) => `${rule}: ${fact}`);

const refusals = (target?: string) => found('refusal', target);
const warnings = () => found('warning');

describe('the plan of a move', () => {
  it('finds nothing in the way of a module with something of every kind', async () => {
    expect(await refusals()).toEqual([]);
  });

  it('names the tables with their rows and sizes, and who talks to the module', async () => {
    const manifests = [
      { name: 'thing', calls: ['other'], hears: [] },
      { name: 'other', calls: [], hears: ['thing'] },
    ];
    await moving.sql('analyze');
    const { tables, calls, heardBy, calledBy } = await moving.look((move) =>
      readiness(move, manifests),
    );
    expect({ calls, heardBy, calledBy }).toEqual({
      calls: ['other'],
      heardBy: ['other'],
      calledBy: [],
    });
    expect(tables.find(({ name }) => name === 'everything')).toMatchObject({ rows: 201 });
  });

  it('says what the copy takes of the disk there, of time at least, and what is free', async () => {
    const readable = await plan();
    const bytes = readable.tables.reduce((sum, table) => sum + table.bytes, 0);
    expect(readable.disk.needed).toBeGreaterThan(bytes);
    expect(readable.disk.free).toBeGreaterThan(readable.disk.needed);
    expect(readable.seconds).toBeGreaterThan(0);
    expect(describeReadiness(readable)).toMatch(
      /\n {2}the copy takes up to [\d.]+ MB of disk there, its log included; [\d.]+ MB are free\n {2}reading it takes less than a second by a sample;/,
    );
  });

  it.each([
    ['http://127.0.0.1/elsewhere', '"http://127.0.0.1/elsewhere" names no database of a Postgres.'],
    [
      'postgres://nobody@127.0.0.1:9',
      '"postgres://nobody@127.0.0.1:9" names no database of a Postgres.',
    ],
    ['', '"" names no database of a Postgres.'],
  ])('is not made for a target that is no database, such as "%s"', async (target, message) => {
    await expect(plan(target)).rejects.toMatchObject({ message, exitCode: 2 });
  });

  it('speaks of --target when its server does not answer', async () => {
    await expect(plan('postgres://nobody@127.0.0.1:9/nowhere')).rejects.toMatchObject({
      remedy: 'See that the server of the other database runs, and that --target is right.',
    });
  });

  it('is not made while home has no tables of the module', async () => {
    const { adminUrl } = moving.project;
    await moving.sql(`alter schema ${MODULE} rename to aside`);
    await expect(plan()).rejects.toMatchObject({
      message: `The database has no tables of "${MODULE}".`,
      remedy: 'npm run db:provision && npm run db:migrate',
    });
    await moving.sql(`alter schema aside rename to ${MODULE}`, adminUrl);
  });

  it('names home as what it is when it is to be the target of a move that begins', async () => {
    const home = urlWith(moving.project.adminUrl, { database: 'moving' });
    await expect(moving.verb('prepare', home)).rejects.toMatchObject({
      message: `"${placeOf(home)}" is the database where "${MODULE}" is.`,
    });
  });

  it.each([
    ['prepare', 'make <away>, if it is not there'],
    ['copy', 'create the slot "moving_thing_out" in <home>'],
    ['verify', 'compare every column of every row of <tables>, in <home> and <away>'],
    ['cutover', 'close <tables> in <home>, one by one, with the trigger "zz_fence"'],
    ['rollback', 'open <home>: a row in "thing"."opened"'],
    ['finish', 'drop the slot and the publication "moving_thing_back" in <away>'],
    ['abort', 'drop the schema "thing" that the move has made in <away>'],
  ] as const)('says by their names what "%s" would do', async (verb, step) => {
    const steps = await moving.look((move) => stepsOf(move, verb));
    const places = { home: moving.project.adminUrl, away: moving.elsewhere };
    const tables = /\d+ tables \(.*?\beverything\b.*?\)/;
    const short = steps.map((line) =>
      line
        .replaceAll(placeOf(places.home), '<home>')
        .replaceAll(placeOf(places.away), '<away>')
        .replace(tables, '<tables>'),
    );
    expect(short).toContain(step);
    expect(JSON.stringify(steps)).not.toContain('@');
  });
});

describe('the plan of a module that cannot be moved', () => {
  const made = (kind: string) =>
    UNMOVABLE.flatMap(
      ([sin]) => new RegExp(`create (?:unlogged |foreign )?${kind} (\\w+)`).exec(sin)?.[1] ?? [],
    );
  let all: string[];

  beforeAll(async () => {
    // Tables are given to the owner role, since one of somebody else is a finding of its own.
    const owned = made('table').filter((table) => table !== 'theirs');
    await moving.sql(
      `set search_path = thing; ${UNMOVABLE.map(([sin]) => sin).join(';')};
       ${owned.map((table) => `alter table ${table} owner to moving_thing_owner`).join(';')}`,
    );
    all = await refusals();
  });
  afterAll(() =>
    moving.sql(
      `set search_path = thing; drop view ${made('view').join()}; drop function ${made('function').join()};
       drop foreign data wrapper nothing cascade; drop table ${made('table')
         .filter((table) => table !== 'far')
         .join()}; drop domain lob; drop type other.kind; drop extension citext;
       alter table note enable trigger touch; drop rule quiet on note; revoke insert on note from moving_other`,
    ),
  );

  it.each(UNMOVABLE)('says at once that after "%s" it does not work', (_, finding) => {
    expect(all).toContainEqual(expect.stringContaining(finding));
  });
});

describe('the plan of a move, at a bad time or to a bad place,', () => {
  it('cannot look while the schema is being changed', async () => {
    const writer = new pg.Client({ connectionString: moving.project.adminUrl });
    await writer.connect();
    await writer.query('begin; lock table thing.note in access exclusive mode');
    await expect(plan()).rejects.toMatchObject({
      message: expect.stringMatching(
        /^The schema "thing" is being changed:\n {2}- pid \d+ as "postgres"/,
      ),
      exitCode: 2,
    });
    await writer.end();
  });

  it('refuses while a transaction that writes has been open for long', async () => {
    const writer = new pg.Client({ connectionString: moving.project.adminUrl });
    await writer.connect();
    await writer.query('begin; update other.cursor set position = 0; select pg_current_xact_id()');
    const found = await waitFor(async () => {
      const lines = await refusals();
      return lines.length > 0 && lines;
    });
    expect(found).toEqual([
      expect.stringMatching(
        /^transaction: a transaction is under way: pid \d+ in "moving", for \d s/,
      ),
    ]);
    await writer.end();
  });

  it('refuses while a prepared transaction is open', async () => {
    await moving.sql(
      `begin; lock table other.cursor in share mode; prepare transaction 'forgotten'`,
    );
    expect(await refusals()).toEqual([
      'prepared-transaction: the prepared transaction "forgotten" in "moving" is open',
    ]);
    await moving.sql(`rollback prepared 'forgotten'`);
  });

  it('refuses a table that a subscription of somebody else fills', async () => {
    const feeding = urlWith(moving.elsewhere, { database: 'feeding' });
    await moving.sql('create database feeding', urlWith(feeding, { database: 'postgres' }));
    await moving.sql(
      'create schema thing; create table thing.tag (name text primary key); create publication feed for all tables',
      feeding,
    );
    await moving.sql(
      `create subscription feed connection '${feeding}' publication feed with (copy_data = false)`,
    );
    expect(await refusals()).toEqual(['subscription: "tag" is filled by the subscription "feed"']);
    await moving.sql('drop subscription feed');
  });

  it('warns of a materialized view, which is not copied', async () => {
    await moving.sql('create materialized view thing.counted as select count(*) from thing.note');
    expect(await warnings()).toEqual([
      'materialized-view: the materialized view "counted" is not copied',
    ]);
    await moving.sql('drop materialized view thing.counted');
  });

  it('warns while this server throws away what a copy that is behind still needs', async () => {
    await moving.sql(`alter system set max_slot_wal_keep_size = '1GB'`);
    await moving.sql('select pg_reload_conf()');
    const lines = await waitFor(async () => {
      const seen = await warnings();
      return seen.length > 0 && seen;
    });
    expect(lines).toEqual([
      'wal-limit: this server keeps at most 1GB of WAL for a copy that is behind',
    ]);
    await moving.sql('alter system reset max_slot_wal_keep_size');
    await moving.sql('select pg_reload_conf()');
    await waitFor(async () => (await warnings()).length === 0);
  });

  it('refuses this server, too, when its slots are in use', async () => {
    const slots = `select pg_create_physical_replication_slot('used_' || n) from generate_series(1, 7) as n`;
    await moving.sql(slots);
    expect(await refusals()).toEqual([
      'capacity: this server has 3 replication slots and 10 WAL senders free; expected 4 of each',
    ]);
    await moving.sql('select pg_drop_replication_slot(slot_name) from pg_replication_slots');
  });

  it('refuses the database where the module is, and one that has such a schema already', async () => {
    expect(await refusals(moving.project.adminUrl)).toContain(
      'same-database: the other database is the one where the module is',
    );
    const strange = urlWith(moving.elsewhere, { database: 'strange' });
    await moving.sql('create database strange', urlWith(strange, { database: 'postgres' }));
    await moving.sql(
      'create schema thing; create table thing.theirs (); create sequence thing.also',
      strange,
    );
    const found =
      'strangers: the other database has a schema of this name, with 2 objects in it that no move has made';
    expect(await refusals(strange)).toEqual([found]);
    await expect(moving.verb('prepare', strange)).rejects.toThrow(
      `The module cannot be moved as it is:\n  - ${found}`,
    );
    expect(await moving.sql('select from thing.theirs', strange)).toEqual([]);
  });

  it('leaves them where they are, although an abort is told of them', async () => {
    const strange = urlWith(moving.elsewhere, { database: 'strange' });
    await expect(moving.verb('abort', strange)).resolves.toMatchObject({ stage: 'none' });
    expect(await moving.sql('select from thing.theirs', strange)).toEqual([]);
  });

  it('leaves an empty schema of somebody else as well', async () => {
    const empty = urlWith(moving.elsewhere, { database: 'empty' });
    await moving.sql('create database empty', urlWith(empty, { database: 'postgres' }));
    await moving.sql('create schema thing', empty);
    await expect(moving.verb('prepare', empty)).rejects.toThrow('belongs to');
    await moving.verb('abort', empty);
    expect(await moving.sql("select to_regnamespace('thing')::text as it", empty)).toEqual([
      { it: 'thing' },
    ]);
  });

  it('refuses a server that cannot replicate', async () => {
    const settings = {
      wal_level: 'replica',
      max_replication_slots: '2',
      max_logical_replication_workers: '1',
      max_worker_processes: '4',
    };
    const server = await startScratchServer({ settings });
    // What one subscription of another database takes: an origin, and the launcher is a process, too.
    const create =
      'create subscription used connection $$host=nowhere$$ publication p with (connect = false)';
    try {
      await moving.sql(create, server.url);
      const { version } = await moving.look(({ home }) => home.nature());
      const origins = version < 18 ? 1 : 9;
      expect(await refusals(urlWith(server.url, { database: 'small' }))).toEqual([
        'wal-level: the other server has wal_level "replica"; expected "logical"',
        'capacity: the other server has 2 replication slots and 10 WAL senders free; expected 4 of each',
        `workers: the other server has 1 logical replication workers, 3 worker processes and ${origins} replication origins free; expected 3 of each`,
      ]);
    } finally {
      await server.release();
    }
  });

  it('refuses another encoding', async () => {
    const latin = urlWith(moving.elsewhere, { database: 'latin' });
    await moving.sql(
      "create database latin template template0 encoding 'LATIN1' locale 'C' locale_provider libc",
      urlWith(latin, { database: 'postgres' }),
    );
    expect(await refusals(latin)).toEqual([
      'encoding: the other database is in "LATIN1", this one in "UTF8"',
    ]);
  });
});
