import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import {
  describeCosts,
  keepRehearsal,
  lastRehearsal,
  type Rehearsal,
} from '../../scripts/lib/rehearsal.js';

const folder = mkdtempSync(join(tmpdir(), 'rehearsed-'));
afterAll(() => rmSync(folder, { recursive: true }));

const cost = { request: 'GET /boats/:id', p50: 1.25, calls: 0, proxied: 0 };
const rehearsal: Rehearsal = {
  apart: ['boats'],
  tests: 7,
  different: [],
  costs: [{ home: cost, apart: { ...cost, p50: 3, calls: 2, proxied: 1 } }],
};

describe('a rehearsal', () => {
  it('is kept until the next one', () => {
    const inFolder = join(folder, 'made-for-it');
    expect(lastRehearsal(inFolder)).toBeUndefined();
    keepRehearsal(rehearsal, inFolder);
    keepRehearsal({ ...rehearsal, tests: 8 }, inFolder);
    expect(lastRehearsal(inFolder)).toEqual({ ...rehearsal, tests: 8 });
  });

  it('tells what each request costs at home and apart', () => {
    expect(describeCosts(rehearsal.costs)).toEqual([
      '                                       at home     apart   calls  passed on',
      'GET /boats/:id                          1.3 ms    3.0 ms     2.0        1.0',
    ]);
  });
});
