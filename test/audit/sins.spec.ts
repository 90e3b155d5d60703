import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Finding } from '#platform/database/audit/finding';
import { whyOf } from '#platform/database/audit/rules';
import { type House, openHouse } from './house.js';
import * as sins from './sins.js';

/** One repair may bring to light what another one hid: a grant that PUBLIC had made needless. */
const REPAIRS = 6;

let house: House;

beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const identity = ({ rule, where }: Finding): [string, string] => [rule, where];

/** Executes the given repairs, one by one, until nothing is found. */
async function repairAll(found: readonly Finding[]): Promise<void> {
  let left = found;
  for (let count = 0; left.length > 0 && count < REPAIRS; count += 1) {
    const { repair, what } = left[0] as Finding;
    await house.admin.query(repair);
    left = await house.look();
    expect(left.map((finding) => finding.what)).not.toContain(what);
  }
  expect(left).toEqual([]);
}

describe('the audit', () => {
  it('finds nothing in a house where everything lies near the wall and on the right side', async () => {
    expect(await house.within(() => house.look())).toEqual([]);
  });
});

describe.each(Object.entries(sins))('among %s, the audit finds', (_group, list) => {
  it.each(list.map((sin) => [sin[0], sin] as const))(
    '%s, and its repair repairs it',
    async (_title, [, sql, ...expected]) => {
      await house.within(async () => {
        await house.admin.query(sql);
        const found = await house.look();
        expect(found.map(identity).sort()).toEqual([...expected].sort());
        for (const finding of found) {
          expect(finding).toMatchObject({ level: 'finding', explainedBy: null });
          expect(finding.why).toBe(whyOf(finding.rule));
        }
        await repairAll(found);
      });
    },
  );
});
