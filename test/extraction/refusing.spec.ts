import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { urlWith } from '#platform/database/names';
import { installFault } from '#platform/fault';
import { actOnData } from '../../scripts/lib/extraction/data-part.js';
import type { Verb } from '../../scripts/lib/extraction/sides/journal.js';
import { extract } from '../../scripts/lib/extraction/steps/mover.js';
import { statusOf } from '../../scripts/lib/extraction/status.js';
import { MODULE, MovingModule, ROWS } from './moving-module.js';
import { Writers } from './writers.js';

let moving: MovingModule;
beforeAll(async () => {
  moving = await MovingModule.open();
  await moving.sql(ROWS);
  await moving.verbs(['prepare', 'copy']);
});
afterAll(() => moving.close());

const stage = () => moving.look(async (move) => (await move.look()).stage);

/** Writes to the copy as replication does, past the fence. */
const tamper = (sql: string) =>
  moving.sql(`set session_replication_role = replica; ${sql}`, moving.elsewhere);

const LSN = expect.stringMatching(/^[0-9A-F]+\/[0-9A-F]+$/) as unknown as string;
const LSNS = { home: LSN, away: LSN };

describe('comparing two sides', () => {
  it.each([
    [
      'a changed value',
      `update ${MODULE}.note set text = 'forged' where id = 7`,
      '"note": 1 row(s) differ, with keys from (7) to (7)',
    ],
    [
      'missing rows',
      `delete from ${MODULE}.measure where id between 3 and 12`,
      '"measure_old": 10 row(s) differ, with keys from (3, 2025-12-04) to (12, 2025-12-13)',
    ],
    [
      'a row too many',
      `insert into ${MODULE}.tag values ('forged')`,
      '"tag": 1 row(s) differ, with keys from (forged) to (forged)',
    ],
  ])('names the table and the keys of %s', async (_, forgery, finding) => {
    await tamper(forgery);
    await expect(moving.verb('verify')).rejects.toThrow(finding);
    await moving.verb('abort');
    await moving.verbs(['prepare', 'copy']);
    await expect(moving.verb('verify')).resolves.toMatchObject({
      verification: { mismatches: [] },
    });
  });

  it('behind the fence brings the module home again, with what was written there', async () => {
    const writers = new Writers(moving);
    await tamper(`update ${MODULE}.everything set words = 'forged' where id = 7`);
    await expect(moving.verb('cutover')).rejects.toThrow(
      '"everything": 1 row(s) differ, with keys from (7) to (7)',
    );
    expect(await stage()).toBe('in step');
    const { journal } = await moving.look(statusOf);
    expect(journal.slice(-4)).toMatchObject([
      { verb: 'cutover', step: 'begun' },
      { verb: 'cutover', step: 'done', details: { mismatches: [{ table: 'everything' }] } },
      { verb: 'rollback', step: 'begun', details: { reason: 'mismatch' } },
      { verb: 'rollback', step: 'done', details: { lsns: LSNS } },
    ]);
    await writers.stop();
    expect(await writers.faults(moving.project.adminUrl)).toEqual([]);
    const forged = `select from ${MODULE}.everything where words = 'forged'`;
    expect(await moving.sql(forged)).toEqual([]);
    await moving.verb('abort');
    await moving.verbs(['prepare', 'copy']);
  });
});

describe('a dry run', () => {
  it('says that what has been done would do nothing', async () => {
    const text = 'would do nothing: rows are written at home, and arrive on the other side\n';
    expect(await wouldDo('prepare')).toEqual([[{ verb: 'prepare', steps: [] }, `prepare ${text}`]]);
    expect(await wouldDo('copy')).toEqual([[{ verb: 'copy', steps: [] }, `copy ${text}`]]);
  });

  it('is refused what the verb itself is refused', async () => {
    await moving.verb('cutover');
    await expect(wouldDo('abort')).rejects.toThrow('is not where "abort" begins');
    await moving.verb('rollback');
  });

  it('says of what comes later what it is to do then', async () => {
    expect(await wouldDo('finish')).toEqual([
      [expect.objectContaining({ verb: 'finish' }), expect.stringContaining('finish would:')],
    ]);
  });
});

/** What a dry run of one verb tells. */
async function wouldDo(verb: Verb): Promise<unknown[][]> {
  const told: unknown[][] = [];
  await actOnData(verb, {
    request: moving.request(),
    mover: { maxPause: 5_000 },
    walker: { ask: () => Promise.resolve(false), report: () => undefined },
    ...{ dryRun: true, source: undefined, say: () => undefined },
    tell: (...words) => void told.push(words),
  });
  return told;
}

describe('a cutover', () => {
  it.each([
    ['at home', () => moving.project.adminUrl],
    ['on the other side', () => moving.elsewhere],
  ])('is refused while another mover has a session %s', async (_, place) => {
    const other = new pg.Client({ connectionString: place() });
    await other.connect();
    await other.query(`select pg_advisory_lock(hashtextextended('move:${MODULE}', 0))`);
    await expect(cutover(5_000)).rejects.toThrow(`Another mover is at work on "${MODULE}".`);
    await other.end();
  });

  it('goes where the copy went, and nowhere else', async () => {
    const beside = urlWith(moving.project.adminUrl, { database: 'beside' });
    await expect(moving.verb('cutover', beside)).rejects.toThrow(
      /"thing" is on its way to "postgres:.*\/moved", not to "postgres:.*\/beside"\./,
    );
    const unsaid = { ...moving.request(), target: undefined };
    await expect(extract(unsaid, 'cutover', { maxPause: 5_000 })).rejects.toThrow(
      /on its way to ".*\/moved", and who is the admin there is not kept\./,
    );
  });

  it('does not begin while somebody holds a table for longer than the pause may be', async () => {
    const holder = await holding(`update ${MODULE}.note set text = 'held' where id = 1`);
    await expect(cutover(1)).rejects.toThrow(
      `Tables of "${MODULE}" are held for longer than the pause may be:`,
    );
    await holder.end();
  });

  it('is taken back when a table could not be closed in time, and says who held it', async () => {
    const epoch = await epochOf();
    let holder: pg.Client | undefined;
    installFault(async (point) => {
      if (point !== 'move.armed') return;
      holder = await holding(`update ${MODULE}.note set text = 'held' where id = 1`);
    });
    const refusal = cutover(600).finally(() => installFault(undefined));
    await expect(refusal).rejects.toThrow(
      'Everything is as it was before. The switch was taken back: The table "thing"."note" was not free in time.',
    );
    await expect(refusal).rejects.toThrow('the holder');
    await holder?.query('commit');
    await holder?.end();
    await moving.sql(`update ${MODULE}.note set text = 'free' where id = 1`);
    expect(await epochOf()).toBeGreaterThan(epoch);
    expect(await stage()).toBe('in step');
    expect(
      await moving.sql(
        "select from pg_replication_slots where slot_name like '%back'",
        moving.elsewhere,
      ),
    ).toEqual([]);
  });

  it('is refused when the schema has changed since the copy began', async () => {
    await moving.sql(`create table ${MODULE}.late (id int primary key)`);
    await expect(cutover(5_000)).rejects.toThrow('table late is missing on the other side');
    await moving.sql(`drop table ${MODULE}.late`);
  });

  it('keeps migrations from being applied until the move has ended', async () => {
    const migrating = moving.migration(2, 'alter table note add column late int');
    await expect(migrating).rejects.toThrow(
      'thing: the publication "moving_thing_out" copies its rows elsewhere, so nothing was applied',
    );
    expect(await moving.sql(`select late from ${MODULE}.note`).catch(String)).toMatch(
      'column "late"',
    );
    moving.forget(2);
  });

  it('works after all that', async () => {
    expect(await cutover(5_000)).toMatchObject({ stage: 'away' });
  });
});

const cutover = (maxPause: number) => extract(moving.request(), 'cutover', { maxPause });

async function epochOf(): Promise<number> {
  const [row] = await moving.sql<{ epoch: string }>(
    'select coalesce(max(epoch), 0) as epoch from platform.placement',
  );
  return Number(row?.epoch);
}

async function holding(statement: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: moving.project.adminUrl,
    application_name: 'the holder',
  });
  await client.connect();
  await client.query(`begin; ${statement}`);
  return client;
}
