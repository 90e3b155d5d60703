import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { urlWith } from '#platform/database/names';
import { startScratchServer } from '../../scripts/lib/embedded/index.js';
import { stepsOf } from '../../scripts/lib/extraction/dry-run.js';
import { readiness } from '../../scripts/lib/extraction/plan.js';
import type { TargetFacts } from '../../scripts/lib/extraction/finding.js';
import { findingsOf } from '../../scripts/lib/extraction/preflight.js';
import { readHomeFacts } from '../../scripts/lib/extraction/preflight-facts.js';
import { describeReadiness } from '../../scripts/lib/extraction/report.js';
import { placeOf } from '../../scripts/lib/extraction/side.js';
import { waitFor } from '../support/wait-for.js';
import { MODULE, MovingModule, ROWS } from './moving-module.js';

let moving: MovingModule;
beforeAll(async () => {
  moving = await MovingModule.open();
  await moving.sql(ROWS);
});
afterAll(() => moving.close());

const plan = (target?: string) => moving.look((move) => readiness(move, []), target);

const refusals = async (target?: string) =>
  (await plan(target)).findings
    .filter(({ level }) => level === 'refusal')
    .map(({ rule, fact }) => `${rule}: ${fact}`);

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
  // Tables are given to the owner role, since one of somebody else is a finding of its own.
  const sins: readonly (readonly [sin: string, finding: string])[] = [
    [
      'create table keyless (id int)',
      'replica-identity: "keyless" has no key by which rows can be told apart elsewhere',
    ],
    [
      'create table late_key (id int primary key deferrable)',
      'replica-identity: "late_key" has no key by which rows can be told apart elsewhere',
    ],
    [
      'create table full_key (id int primary key); alter table full_key replica identity full',
      'replica-identity: "full_key" has no key by which rows can be told apart elsewhere',
    ],
    [
      'create unlogged table quick (id int primary key)',
      'unlogged: "quick" is unlogged, so its rows are not replicated',
    ],
    [
      'create domain lob as oid; create table lobs (id int primary key, body oid, parts oid[], scan lob, pages lob[])',
      'large-object: "lobs" may name large objects, which are not replicated, in "body", "parts", "scan", "pages"',
    ],
    [
      'create table child (primary key (id)) inherits (counter)',
      'inheritance: "child" inherits from another table',
    ],
    [
      'create table rows (id int primary key); alter table rows enable row level security',
      'row-security: "rows" has row security, through which replication may not write',
    ],
    [
      'alter table note enable always trigger touch',
      'trigger: "note" has triggers that fire for replicated rows too: "touch"',
    ],
    [
      'create rule quiet as on delete to note do instead nothing',
      'rule: "note" has rewrite rules, which replication passes by: "quiet"',
    ],
    ['grant insert on note to moving_other', 'writers: "note" may be written by "moving_other"'],
    [
      'create table theirs (id int primary key); alter table theirs owner to postgres',
      'owner: "theirs" belongs to "postgres", not to "moving_thing_owner"',
    ],
    [
      'create table refers (id int primary key, "to" text references other.cursor)',
      'crossing: table constraint refers_to_fkey on thing.refers depends on table other.cursor',
    ],
    [
      'create view looks as select feed from other.cursor',
      'crossing: view thing.looks depends on table other.cursor',
    ],
    [
      'create function asks() returns bigint language sql begin atomic select max(position) from other.cursor; end',
      'crossing: function thing.asks() depends on table other.cursor',
    ],
    [
      "create function names() returns bigint language sql as 'select max(position) from other.cursor'",
      'crossing: the body of function thing.names() names other.cursor',
    ],
    [
      'create type other.kind as enum (); create table typed (id int primary key, x other.kind)',
      'crossing: table column thing.typed.x depends on type other.kind',
    ],
    [
      'create extension citext schema public; create table words (id int primary key, word public.citext)',
      'extension: the module uses the extension "citext", which the other database has not',
    ],
  ];
  const made = (kind: string) =>
    sins.flatMap(([sin]) => new RegExp(`create (?:unlogged )?${kind} (\\w+)`).exec(sin)?.[1] ?? []);
  let found: string[];

  beforeAll(async () => {
    const owned = made('table').filter((table) => table !== 'theirs');
    await moving.sql(
      `set search_path = thing; ${sins.map(([sin]) => sin).join(';')};
       ${owned.map((table) => `alter table ${table} owner to moving_thing_owner`).join(';')}`,
    );
    found = await refusals();
  });
  afterAll(() =>
    moving.sql(
      `set search_path = thing; drop view ${made('view').join()}; drop function ${made('function').join()};
       drop table ${made('table').join()}; drop domain lob; drop type other.kind; drop extension citext;
       alter table note enable trigger touch; drop rule quiet on note; revoke insert on note from moving_other`,
    ),
  );

  it.each(sins)('says at once that after "%s" it does not work', (_, finding) => {
    expect(found).toContainEqual(expect.stringContaining(finding));
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
    };
    const server = await startScratchServer({ settings });
    try {
      expect(await refusals(urlWith(server.url, { database: 'small' }))).toEqual([
        'wal-level: the other server has wal_level "replica"; expected "logical"',
        'capacity: the other server has 2 replication slots and 10 WAL senders free; expected 4 of each',
        'workers: the other server has 1 logical replication workers free; expected 3',
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

describe('the plan of a move to a server that this one only hears of', () => {
  const findings = async (change: Partial<TargetFacts>) => {
    const home = await moving.look(({ home: side }) => readHomeFacts(side, MODULE, [], []));
    const target = {
      ...{ ...home, sameServer: false, sameDatabase: false, strangers: 0, freeDisk: undefined },
      ...change,
    };
    return findingsOf(home, target, 'moving_thing_owner');
  };
  const lines = async (level: string, change: Partial<TargetFacts>) =>
    (await findings(change))
      .filter((finding) => finding.level === level && finding.rule !== 'writers')
      .map(({ rule, fact }) => `${rule}: ${fact}`);

  it('refuses a disk on which the copy has no room', async () => {
    expect(await lines('refusal', { freeDisk: 1_000_000 })).toEqual([
      expect.stringMatching(
        /^disk: the copy takes [\d.]+ MB there, its log included, and 1\.0 MB are free$/,
      ),
    ]);
    expect(await lines('refusal', {})).toEqual([]);
  });

  it('warns of a version that is older than this one, and refuses one that is too old', async () => {
    const { version } = await moving.look(({ home }) => home.nature());
    expect(await lines('warning', { version: version - 1 })).toEqual([
      `older: the other server is Postgres ${version - 1}, older than ${version}`,
    ]);
    expect(await lines('warning', { version: version + 1 })).toEqual([]);
    expect(await lines('refusal', { version: 14 })).toEqual([
      'version: the other server is Postgres 14, older than 15',
    ]);
  });
});
