import { describe, expect, it } from '@jest/globals';
import { describeProgress, progressLine } from '../../scripts/lib/extraction/report.js';

const at = (copied: number, errors = 0) => ({
  ...{ tables: 6, done: 2, bytes: 4_000_000, lag: 0 },
  ...{ copied, errors },
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
