import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cost } from '../../scripts/lib/rehearsal.js';
import { runJest } from './jest.js';

/** Sends the same requests to the shop, some of whose modules run apart. */
export async function measureCosts(apart: readonly string[]): Promise<Cost[]> {
  const folder = mkdtempSync(join(tmpdir(), 'costs-'));
  const file = join(folder, 'costs.json');
  try {
    const args = ['--testMatch', '<rootDir>/test/rehearsal/cost.measure.ts'];
    const outcomes = await runJest(args, { REHEARSE: apart.join(), REHEARSAL_COSTS: file });
    const [failed] = [...outcomes.values()].filter(({ status }) => status !== 'passed');
    if (failed) throw new Error(`The cost could not be measured: ${failed.message}`);
    return JSON.parse(readFileSync(file, 'utf8')) as Cost[];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
