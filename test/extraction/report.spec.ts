import { describe, expect, it } from '@jest/globals';
import {
  describeProgress,
  type Progress,
  progressReporter,
} from '../../scripts/lib/extraction/progress.js';
import { tellAll } from '../../scripts/lib/extraction/tell.js';

const at = (copied: number, errors = 0) => ({
  ...{ tables: 6, done: 2, bytes: 4_000_000, lag: 0 },
  ...{ copied, errors },
});

describe('several results of one command', () => {
  const tellTwo = async (json: boolean, fails = false) => {
    const told: unknown[][] = [];
    const tell = Object.assign((...words: unknown[]) => void told.push(words), { json });
    const work = tellAll(tell, (all) => {
      all(1, 'one');
      all(2, 'two');
      return fails ? Promise.reject(new Error('broken')) : Promise.resolve();
    });
    await work.catch(() => told.push(['failed']));
    return told;
  };

  it('are told one by one as text', async () => {
    expect(await tellTwo(false)).toEqual([
      [1, 'one'],
      [2, 'two'],
    ]);
  });

  it('are one array as JSON, also those before a failure', async () => {
    expect(await tellTwo(true)).toEqual([[[1, 2], '']]);
    expect(await tellTwo(true, true)).toEqual([[[1, 2], ''], ['failed']]);
  });
});

/** What is said of looks at a step, each at a second on a clock that the step does not begin with. */
function saidOf(...looks: readonly [second: number, progress: Progress][]): string[] {
  const lines: string[] = [];
  let now = 0;
  const report = progressReporter(
    (line) => lines.push(line),
    () => now * 1000,
  );
  for (const [second, progress] of looks) {
    now = second;
    report(progress);
  }
  return lines;
}

describe('the progress of a copy', () => {
  const copied = (bytes: number): Progress => ({ step: 'copy', ...at(bytes) });

  it('has no rate at one look, before which anything may have been copied', () => {
    const line = '2 of 6 tables, 3.0 MB of 4.0 MB, 0.0 MB behind';
    expect(describeProgress(at(3_000_000))).toBe(line);
    expect(saidOf([100, copied(3_000_000)])).toEqual([line]);
  });

  it('has the rate since the first look, and the time that is left at that rate', () => {
    expect(saidOf([100, copied(2_000_000)], [104, copied(3_000_000)]).at(-1)).toBe(
      '2 of 6 tables, 3.0 MB of 4.0 MB, 0.3 MB/s, 4 s to go, 0.0 MB behind',
    );
  });

  it('says how often something has failed', () => {
    expect(describeProgress(at(0, 2))).toMatch(
      /; failed 2 times so far, see the log of the other server$/,
    );
  });
});

describe('the progress of catching up', () => {
  it('is said in bytes that are left, and in seconds at the rate since the first look', () => {
    const behind = (bytes: number): Progress => ({ step: 'catch up', behind: bytes });
    expect(saidOf([100, behind(4_000_000)], [102, behind(3_000_000)])).toEqual([
      'catching up: 4.0 MB behind',
      'catching up: 3.0 MB behind, 0.5 MB/s, 6 s to go',
    ]);
  });
});

describe('the progress of a comparison', () => {
  const compared = (bytes: number): Progress => ({
    ...{ step: 'compare', tables: 6, done: 2, rows: 700 },
    ...{ bytes: 4_000_000, compared: bytes },
  });
  const line = (text: string) =>
    `2 of 6 tables compared, 700 rows, ${text} MB of 4.0 MB on both sides`;

  it('has the rate since the first look, and the time that is left at that rate', () => {
    expect(saidOf([100, compared(0)], [102, compared(1_000_000)])).toEqual([
      `${line('1.0')}, 0.5 MB/s, 6 s to go`,
    ]);
  });

  it('is not said more often than somebody reads', () => {
    const looks = [100, 100.1, 100.2, 101, 101.1].map(
      (second, index) => [second, compared(index * 500_000)] as [number, Progress],
    );
    expect(saidOf(...looks)).toEqual([`${line('1.5')}, 1.5 MB/s, 2 s to go`]);
  });

  it('begins anew with the next one', () => {
    const said = saidOf(
      [100, compared(0)],
      [110, compared(4_000_000)],
      [200, compared(0)],
      [202, compared(2_000_000)],
    );
    expect(said.at(-1)).toBe(`${line('2.0')}, 1.0 MB/s, 2 s to go`);
  });
});
