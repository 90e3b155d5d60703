import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { urlWith } from '#platform/database/names';
import { startScratchServer } from '../../scripts/lib/embedded/index.js';
import { readiness } from '../../scripts/lib/extraction/plan.js';
import { waitFor } from '../support/wait-for.js';
import { MovingModule, ROWS } from './moving-module.js';

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

  // Each is made by the table's owner, since a table of somebody else is a finding of its own.
  it.each([
    [
      'create table bad (id int)',
      'drop table bad',
      'replica-identity: "bad" has no key by which rows can be told apart elsewhere',
    ],
    [
      'create table bad (id int primary key deferrable)',
      'drop table bad',
      'replica-identity: "bad" has no key by which rows can be told apart elsewhere',
    ],
    [
      'create table bad (id int primary key); alter table bad replica identity full',
      'drop table bad',
      'replica-identity: "bad" has no key by which rows can be told apart elsewhere',
    ],
    [
      'create unlogged table bad (id int primary key)',
      'drop table bad',
      'unlogged: "bad" is unlogged, so its rows are not replicated',
    ],
    [
      'create table bad (id int primary key, body oid)',
      'drop table bad',
      'large-object: "bad" may name large objects, which are not replicated, in "body"',
    ],
    [
      'create table bad (primary key (id)) inherits (counter)',
      'drop table bad',
      'inheritance: "bad" inherits from another table',
    ],
    [
      'create table bad (id int primary key); alter table bad enable row level security',
      'drop table bad',
      'row-security: "bad" has row security, through which replication may not write',
    ],
    [
      'alter table note enable always trigger touch',
      'alter table note enable trigger touch',
      'trigger: "note" has triggers that fire for replicated rows too: "touch"',
    ],
    [
      'create rule quiet as on delete to note do instead nothing',
      'drop rule quiet on note',
      'rule: "note" has rewrite rules, which replication passes by: "quiet"',
    ],
    [
      'grant insert on note to moving_other',
      'revoke insert on note from moving_other',
      'writers: "note" may be written by "moving_other"',
    ],
    [
      'create table bad (id int primary key); alter table bad owner to postgres',
      'drop table bad',
      'owner: "bad" belongs to "postgres", not to "moving_thing_owner"',
    ],
    [
      'create table bad (id int primary key, of text references other.cursor)',
      'drop table bad',
      'crossing: constraint bad_of_fkey on table thing.bad depends on column feed of table other.cursor',
    ],
    [
      'create view bad as select feed from other.cursor',
      'drop view bad',
      'crossing: rule _RETURN on view thing.bad depends on column feed of table other.cursor',
    ],
    [
      'create type other.bad as enum (); create table bad (id int primary key, x other.bad)',
      'drop table bad; drop type other.bad',
      'crossing: column x of table thing.bad depends on type other.bad',
    ],
  ])('refuses after "%s"', async (sin, repair, finding) => {
    await moving.sql(
      `set search_path = thing; set role moving_thing_owner; reset role; ${asOwner(sin)}`,
    );
    try {
      expect(await refusals()).toContainEqual(expect.stringContaining(finding));
    } finally {
      await moving.sql(`set search_path = thing; ${repair}`);
    }
  });

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
    await moving.sql('create schema thing; create table thing.theirs ()', strange);
    const found =
      'strangers: the other database has a schema of this name, with 1 tables that no move has made';
    expect(await refusals(strange)).toEqual([found]);
    await expect(moving.verb('prepare', strange)).rejects.toThrow(
      `The module cannot be moved as it is:\n  - ${found}`,
    );
    expect(await moving.sql('select from thing.theirs', strange)).toEqual([]);
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

/** The admin makes it, and gives it away where it is a table that says nothing else. */
const asOwner = (sin: string) =>
  /create (unlogged )?table bad/.test(sin) && !sin.includes('owner to')
    ? `${sin}; alter table bad owner to moving_thing_owner`
    : sin;
