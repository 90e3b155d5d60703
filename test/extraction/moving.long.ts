import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { urlWith } from '#platform/database/names';
import { actOnData } from '../../scripts/lib/extraction/data-part.js';
import type { Done } from '../../scripts/lib/extraction/steps/mover.js';
import { describeStatus } from '../../scripts/lib/extraction/report.js';
import { statusOf } from '../../scripts/lib/extraction/status.js';
import { waitFor } from '../support/wait-for.js';
import { MODULE, MovingModule, ROWS } from './moving-module.js';
import { Writers } from './writers.js';

let moving: MovingModule;
beforeAll(async () => {
  moving = await MovingModule.open();
  await moving.sql(ROWS);
});
afterAll(() => moving.close());

const wrote = (writers: Writers, more: number) => {
  const goal = writers.acknowledged.length + more;
  return waitFor(() => writers.acknowledged.length >= goal);
};

describe.each([
  ['a database on another server', () => moving.elsewhere],
  [
    'another database on the same server',
    () => urlWith(moving.project.adminUrl, { database: 'beside' }),
  ],
])('a module that moves to %s', (_, placeOf) => {
  let writers: Writers;
  let target: string;
  beforeAll(async () => {
    target = placeOf();
    await moving.sql(`truncate thing.entry; update thing.counter set value = 0`);
    writers = new Writers(moving);
  });
  afterAll(() => writers.stop());

  it('finds the same schema there, empty and closed', async () => {
    expect(await moving.verb('prepare', target)).toEqual({ verb: 'prepare', stage: 'prepared' });
    expect(await moving.sql(`select from ${MODULE}.tag`, target)).toEqual([]);
    await expect(
      moving.sql(`insert into ${MODULE}.tag values ('x')`, target),
    ).rejects.toMatchObject({
      code: 'MV001',
    });
  });

  it('is copied while it is written', async () => {
    await wrote(writers, 20);
    expect(await moving.verb('copy', target)).toMatchObject({ stage: 'in step' });
    await wrote(writers, 20);
    const { verification } = await moving.verb('verify', target);
    expect(verification).toMatchObject({ mismatches: [] });
    expect(verification?.rows).toBeGreaterThan(430);
  });

  it('is written there after the cutover, with every acknowledged row', async () => {
    const done = await moving.verb('cutover', target);
    expect(done).toMatchObject({ stage: 'away', verification: { mismatches: [] } });
    await wrote(writers, 50);
    await expect(moving.sql(`insert into ${MODULE}.tag values ('x')`)).rejects.toMatchObject({
      code: 'MV001',
    });
    const [row] = await moving.sql<{ ticket: string }>(
      `select nextval('thing.ticket') as ticket`,
      target,
    );
    expect(Number(row?.ticket)).toBeGreaterThan(11);
  });

  it('sends home what is written there', async () => {
    await moving.sql(`insert into ${MODULE}.tag values ('from there', 7)`, target);
    expect(
      await waitFor(
        async () => (await moving.sql(`select from ${MODULE}.tag where weight = 7`)).length > 0,
      ),
    ).toBe(true);
    expect((await moving.verb('verify', target)).verification?.mismatches).toEqual([]);
  });

  it('comes back with the rows that were written there', async () => {
    const done = await moving.verb('rollback', target);
    expect(done).toMatchObject({ stage: 'in step', verification: { mismatches: [] } });
    await wrote(writers, 50);
    expect(await moving.sql(`select weight from ${MODULE}.tag where name = 'from there'`)).toEqual([
      { weight: 7 },
    ]);
  });

  it('is written down with the LSNs, the counts and the checksums of each step', async () => {
    const { journal } = await moving.look(statusOf, target);
    const detailsOf = (verb: string) =>
      journal.filter((entry) => entry.verb === verb && entry.step === 'done').at(-1)?.details;
    const lsn = expect.stringMatching(/^[0-9A-F]+\/[0-9A-F]+$/);
    expect(detailsOf('copy')).toMatchObject({ lsn });
    const [table] = await moving.sql<{ rows: number; checksum: string }>(
      `select count(*)::int as rows, sum(hashtextextended(row(name, weight)::text collate "C", 0)::numeric)::text as checksum
       from ${MODULE}.tag where name <> 'from there'`,
    );
    const seen = { lsns: { home: lsn, away: lsn }, held: { tag: table }, mismatches: [] };
    expect(detailsOf('cutover')).toMatchObject(seen);
    expect(detailsOf('rollback')).toMatchObject({
      ...seen,
      held: { tag: { rows: (table?.rows ?? 0) + 1 } },
    });
  });

  it('goes and comes again', async () => {
    expect(await moving.verb('cutover', target)).toMatchObject({ stage: 'away' });
    await wrote(writers, 50);
    expect(await moving.verb('rollback', target)).toMatchObject({ stage: 'in step' });
    await wrote(writers, 50);
  });

  it('leaves no trace but its epochs when it is aborted', async () => {
    await moving.verb('abort', target);
    await writers.stop();
    expect(await writers.faults(moving.project.adminUrl)).toEqual([]);
    const [left] = await moving.sql(`
      select (select count(*)::int from pg_trigger where tgname = 'zz_fence') as fences,
        (select count(*)::int from pg_publication) as publications,
        (select count(*)::int from pg_subscription) as subscriptions,
        (select count(*)::int from pg_replication_slots) as slots,
        (select count(*)::int from thing.opened) as opened,
        (select count(*)::int from thing.marker) as markers`);
    expect(left).toEqual({
      fences: 0,
      publications: 0,
      subscriptions: 0,
      slots: 0,
      opened: 0,
      markers: 0,
    });
    await moving.sql(`delete from ${MODULE}.tag where name in ('from there')`);
  });
});

describe('a walk', () => {
  const steps: string[] = [];
  const walking = async (...answers: boolean[]) => {
    await actOnData(undefined, {
      request: moving.request(),
      mover: { maxPause: 5_000 },
      walker: { ask: () => Promise.resolve(answers.shift() ?? false), report: () => undefined },
      ...{ dryRun: false, source: undefined, say: () => undefined },
      tell: (done) => void steps.push((done as Done).verb),
    });
    return moving.look(async (move) => (await move.look()).stage);
  };

  it('does all that is left, and asks before what is hard to undo', async () => {
    await moving.sql(`truncate thing.entry; update thing.counter set value = 0`);
    const writers = new Writers(moving);
    expect(await walking(false)).toBe('in step');
    expect(await walking(true, false)).toBe('away');
    expect(await walking(true)).toBe('finished');
    expect(await walking()).toBe('finished');
    expect(steps).toEqual(['prepare', 'copy', 'verify', 'verify', 'cutover', 'finish', 'finish']);
    await wrote(writers, 20);
    await writers.stop();
    expect(await writers.faults(moving.elsewhere)).toEqual([]);
  });

  it('knows no way back when it is finished', async () => {
    await expect(moving.verb('rollback')).rejects.toThrow('is not where "rollback" begins');
    await expect(moving.verb('abort')).rejects.toThrow('is not where "abort" begins');
    await expect(moving.verb('prepare')).rejects.toThrow('is not where "prepare" begins');
  });
});

describe('where a move stands', () => {
  it('is told with what comes next, and with the steps that led there', async () => {
    const status = await moving.look(statusOf);
    expect(status).toMatchObject({ stage: 'finished', next: 'nothing', busy: false });
    expect(status.target).toMatch(/^postgres:\/\/127\.0\.0\.1:\d+\/moved$/);
    expect(describeStatus(status)).toMatch(/thing: finished, which means: .*finish done/s);
    expect(JSON.stringify(status)).not.toMatch(/password|postgres:[^/]/);
  });
});
