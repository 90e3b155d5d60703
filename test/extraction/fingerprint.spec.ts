import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Move } from '../../scripts/lib/extraction/sides/move.js';
import { refuseDifferences } from '../../scripts/lib/extraction/steps/prepare.js';
import { MODULE, MovingModule } from './moving-module.js';

/** What no migration of the fixture has made, in either database. */
const MORE = `
  create type pair as (one int, two text);
  create type stretch as range (subtype = numeric);
  create domain short as varchar(10) default '' not null check (value <> 'none');
  create procedure tidy() language sql as 'delete from tag where false';
  create aggregate total (int) (sfunc = int4pl, stype = int, initcond = '0');
  create materialized view counted as select count(*) from note`;

/** A drift of the other side, and what is said of it. */
const DRIFTS: readonly (readonly [drift: string, difference: string])[] = [
  ['drop table tag', 'table tag is missing on the other side'],
  ['create table extra (id int primary key)', 'table extra is only on the other side'],
  ['alter table tag add weighed int', 'column tag.weighed is only on the other side'],
  ['alter table tag drop weight', 'column tag.weight is missing on the other side'],
  [
    'alter table tag alter weight type bigint',
    'column tag.weight is "integer" at home and "bigint"',
  ],
  [
    'alter table everything alter bounded type varchar(41)',
    'column everything.bounded is "character varying(40)"',
  ],
  [
    'alter table tag alter weight set not null',
    'column tag.weight is "integer" at home and "integer not null"',
  ],
  [
    'alter table note alter touched set default 1',
    'column note.touched is "integer not null default 0"',
  ],
  [
    'alter table tag alter name type text collate "C"',
    'column tag.name is "text not null" at home and "text not null collation',
  ],
  [
    'alter table everything alter id set generated always',
    'column everything.id is "integer not null identity d"',
  ],
  [
    'alter table everything drop twice, add twice bigint generated always as (big * 3) stored',
    'column everything.twice is "bigint generated s default (big * 2)"',
  ],
  [
    'alter table everything alter twice drop expression',
    'column everything.twice is "bigint generated s',
  ],
  ['alter table tag add constraint light check (weight < 9)', 'constraint tag.light is only on'],
  [
    'alter table note drop constraint note_about_fkey',
    'constraint note.note_about_fkey is missing',
  ],
  ['create index tag_weight on tag (weight)', 'index tag.thing.tag_weight is only on'],
  [
    "drop index note_about; create index note_about on note (about) where text <> 'x'",
    'index note.thing.note_about is',
  ],
  ['alter table measure detach partition measure_old', 'partition measure_old is missing'],
  [
    "alter table measure detach partition measure_old; alter table measure attach partition measure_old for values from ('2000-01-01') to ('2026-01-01')",
    'partition measure_old is "FOR VALUES FROM (MINVALUE)',
  ],
  ['drop trigger touch on note', 'trigger note.touch is missing'],
  ['alter table note disable trigger touch', 'trigger note.touch is "O CREATE TRIGGER'],
  ["create or replace view loud as select id from note where text = ''", 'view loud is'],
  ['drop materialized view counted', 'view counted is missing'],
  ['alter sequence ticket increment by 11', 'sequence ticket is "bigint by 10 from 1'],
  [
    "alter type mood add value 'bored'",
    'type mood is "e, calm, angry" at home and "e, calm, angry, bored"',
  ],
  ["alter domain short set default 'x'", `type short is "d, character varying(10), not null`],
  ['alter domain short drop not null', 'type short is'],
  ["alter domain short add check (value <> 'all')", 'type short is'],
  [
    `drop domain short; create domain short as varchar(11) default '' not null check (value <> 'none')`,
    'type short is',
  ],
  ['alter type pair add attribute three int', 'column pair.three is only on'],
  ['drop type pair', 'type pair is missing'],
  [
    'drop type stretch; create type stretch as range (subtype = int8)',
    'type stretch is "r, numeric numeric_ops',
  ],
  [
    "create or replace function touch() returns trigger language plpgsql as 'begin return new; end'",
    'function thing.touch() is',
  ],
  [
    "create or replace procedure tidy() language sql as 'delete from tag'",
    'function thing.tidy() is',
  ],
  ['drop aggregate total (int)', 'aggregate thing.total(integer) is missing'],
  [
    "create or replace aggregate total (int) (sfunc = int4pl, stype = int, initcond = '1')",
    'aggregate thing.total(integer) is "n integer integer 0 int4pl',
  ],
];

let moving: MovingModule;
beforeAll(async () => {
  moving = await MovingModule.open();
  await moving.migration(2, MORE);
  await moving.verb('prepare');
});
afterAll(() => moving.close());

/** Compares while the other side has drifted, in a transaction that is then rolled back. */
const compareAfter = (drift: string) =>
  moving.look(async (move: Move) => {
    await move.away.rows(`begin; set local search_path = ${MODULE}; ${drift}`);
    await move.away.rows('set local search_path = pg_catalog');
    await refuseDifferences(move).finally(() => move.away.rows('rollback'));
  });

describe('two sides', () => {
  it('are the same when the same migrations have made them', async () => {
    await expect(compareAfter('select')).resolves.toBeUndefined();
  });

  it.each(DRIFTS)('are not the same after "%s"', async (drift, difference) => {
    const refusal = compareAfter(drift);
    await expect(refusal).rejects.toThrow(`"${MODULE}" is not the same on both sides:`);
    await expect(refusal).rejects.toThrow(`\n  - ${difference}`);
  });
});
