import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { catchUp, type CatchUpReport } from '../../scripts/lib/extraction/steps/catch-up.js';
import type { CompareProgress } from '../../scripts/lib/extraction/compare/compare-meter.js';
import type { Progress } from '../../scripts/lib/extraction/progress.js';
import { describeDone, describeStatus } from '../../scripts/lib/extraction/report.js';
import { type Status, statusOf } from '../../scripts/lib/extraction/status.js';
import { compare } from '../../scripts/lib/extraction/compare/verify.js';
import { waitFor } from '../support/wait-for.js';
import { MODULE, MovingModule, ROWS } from './moving-module.js';

let moving: MovingModule;
beforeAll(async () => {
  moving = await MovingModule.open();
  await moving.sql(ROWS);
  await moving.verb('prepare');
});
afterAll(() => moving.close());

const status = () => moving.look(statusOf);

describe('a copy that is under way', () => {
  it('is told to whoever asks from elsewhere', async () => {
    // The rows of this table cannot arrive as long as this lasts.
    const holder = new pg.Client({ connectionString: moving.elsewhere });
    await holder.connect();
    await holder.query(`begin; lock table ${MODULE}.note in share mode`);
    const reports: Progress[] = [];
    const copying = moving.verb('copy', undefined, {
      progress: (now) => void reports.push(now),
    });
    const seen = await waitFor(async () => {
      const now = await status();
      return now.copy?.done === now.copy!.tables - 1 && now;
    });
    expect(seen).toMatchObject({ stage: 'copying', busy: true, doing: ['copy'] });
    expect(describeStatus(seen)).toContain('(a mover is at work now; copy)');
    expect(describeStatus(seen)).toMatch(/ of \d+ tables, [\d.]+ MB of [\d.]+ MB, /);
    await holder.end();
    expect(await copying).toMatchObject({ stage: 'in step' });
    expect(reports).toContainEqual(expect.objectContaining({ step: 'copy' }));
    expect(await status()).toMatchObject({ stage: 'in step', busy: false, doing: [] });
  });
});

describe('catching up', () => {
  /** Keeps rows of the copy from being written there, each until its session ends. */
  const holding = (ids: readonly number[]) =>
    Promise.all(
      ids.map(async (id) => {
        const holder = new pg.Client({ connectionString: moving.elsewhere });
        await holder.connect();
        await holder.query(`begin; select from ${MODULE}.note where id = ${id} for update`);
        return holder;
      }),
    );

  const writeTo = async (ids: readonly number[]) => {
    for (const id of ids)
      await moving.sql(`update ${MODULE}.note set text = text || '!' where id = ${id}`);
  };

  /** With so many looks, of 100 ms each, in which nothing moves. */
  const caughtUp = (report: CatchUpReport) =>
    moving.look((move) =>
      catchUp(move.stream('home'), move.module, { report, interval: 100, patience: 30 }),
    );

  it('is waited for as long as anything moves, and says how much is left', async () => {
    const holders = await holding([1, 2, 3, 4]);
    await writeTo([1, 2, 3, 4]);
    const left: number[] = [];
    await caughtUp(async ({ behind }) => {
      left.push(behind);
      // What is written meanwhile is not waited for.
      if (left.length === 5) await writeTo([6]);
      if (left.length % 10 === 0) await holders.shift()?.end();
    });
    expect(holders).toEqual([]);
    expect(left[0]).toBeGreaterThan(0);
    expect(left).toEqual([...left].sort((one, other) => other - one));
  });

  it('is given up when nothing moves any more', async () => {
    const [holder] = await holding([5]);
    await writeTo([5]);
    await expect(caughtUp(() => undefined)).rejects.toThrow(
      /^The other side is \d+ bytes of the log behind, and nothing has moved for 3 s\.$/,
    );
    await holder?.end();
  });
});

describe('a comparison of rows that change all the time', () => {
  it('says how many of them stayed undecided', async () => {
    const subscription = 'alter subscription moving_thing_out';
    await moving.sql(`${subscription} disable`, moving.elsewhere);
    const beat = () => moving.sql(`update ${MODULE}.note set text = text || '!' where id = 6`);
    await beat();
    const verification = await moving.look(({ home, away, module }) =>
      compare({ from: home, to: away }, module, ['note', 'tag'], { catchUp: beat }),
    );
    await moving.sql(`${subscription} enable`, moving.elsewhere);
    expect(verification).toMatchObject({ mismatches: [], undecided: 1 });
    expect(describeDone({ verb: 'verify', stage: 'in step', verification })).toContain(
      '; but for 1 that changed at each look: the cutover compares them behind its fence',
    );
  });
});

describe('a comparison that is under way', () => {
  it('says how much of both sides was read, and lets anybody else ask', async () => {
    const reports: Progress[] = [];
    const seen: Status[] = [];
    await moving.verb('verify', undefined, {
      progress: async (now) => {
        reports.push(now);
        // In the second table: by then each side's session has said it.
        if (reports.length === 3) seen.push(await status());
      },
    });
    const doing = [expect.stringMatching(/^compares, \d+ % done$/)];
    expect(seen).toMatchObject([{ busy: true, doing }]);
    const last = reports.at(-1) as Progress & CompareProgress;
    expect(last).toMatchObject({ step: 'compare', compared: last.bytes });
    expect(last.bytes).toBeGreaterThan(0);
    expect(last.rows).toBeGreaterThan(2 * 430);
  });

  it('tells how far it is in a table that is read slice by slice, and finds the same', async () => {
    await moving.look(async ({ home, away, module }) => {
      const reports: CompareProgress[] = [];
      const report = (now: CompareProgress) => void reports.push(now);
      const sides = { from: home, to: away };
      const tables = ['everything', 'note'];
      const whole = await compare(sides, module, tables);
      const sliced = await compare(sides, module, tables, { slice: 1, report });
      expect(sliced).toMatchObject({ held: whole.held, rows: whole.rows, mismatches: [] });
      const inFirst = reports.filter(({ done }) => done === 0).map(({ compared }) => compared);
      expect(inFirst.length).toBeGreaterThan(4);
      expect(inFirst).toEqual([...new Set(inFirst)].sort((one, other) => one - other));
      expect(reports.at(-1)).toMatchObject({ rows: 2 * whole.rows });
    });
  });
});
