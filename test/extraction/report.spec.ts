import { describe, expect, it } from '@jest/globals';
import { describeProgress, progressLine } from '../../scripts/lib/extraction/report.js';
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

describe('the progress of a copy', () => {
  it('has no rate at one look, before which anything may have been copied', () => {
    const line = '2 of 6 tables, 3.0 MB of 4.0 MB, 0.0 MB behind';
    expect(describeProgress(at(3_000_000))).toBe(line);
    expect(progressLine()(at(3_000_000))).toBe(line);
  });

  it('has the rate since the first look', () => {
    const line = progressLine();
    line(at(3_000_000));
    expect(line(at(3_500_000))).toMatch(/, [\d.]+ MB\/s, \d+ s to go, /);
  });

  it('says how often something has failed', () => {
    expect(describeProgress(at(0, 2))).toMatch(
      /; failed 2 times so far, see the log of the other server$/,
    );
  });
});
