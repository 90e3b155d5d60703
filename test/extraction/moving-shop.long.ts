// only: shop
import { afterAll, describe, expect, it } from '@jest/globals';
import { urlWith } from '#platform/database/names';
import type { Verb } from '../../scripts/lib/extraction/journal.js';
import { extract } from '../../scripts/lib/extraction/mover.js';
import { prismaFolder } from '../../scripts/lib/project.js';
import { SmallShop } from '../crash/small-shop.js';
import { testProject } from '../support/test-project.js';
import { killedAt } from './killed-at.js';

const project = testProject();
const database = `${new URL(project.adminUrl).pathname.slice(1)}_away`;

const request = (module: string) => ({
  ...{ project, module, poolSize: 10, prismaFolder, say: () => undefined },
  target: urlWith(project.adminUrl, { database }),
});

const verb = (module: string, what: Verb) => extract(request(module), what, { maxPause: 5_000 });

/** Does verbs while orders are placed; one that is refused fails the spec. */
async function buyDuring(module: string, verbs: readonly Verb[]): Promise<void> {
  let lasts = true;
  const buyers = Array.from({ length: 3 }, async () => {
    while (lasts) await shop.buy();
  });
  for (const each of verbs) await verb(module, each);
  lasts = false;
  await Promise.all(buyers);
}

const shop = new SmallShop();
afterAll(() => shop.processes.admin(`drop database if exists "${database}" with (force)`));

describe('a shop that is open', () => {
  it.each(project.modules)(
    'lets %s go and takes it back, and its books balance',
    async (module) => {
      await buyDuring(module, ['prepare', 'copy', 'verify', 'cutover', 'verify']);
      await shop.buy();
      await buyDuring(module, ['rollback', 'abort']);
      expect(await shop.violations()).toEqual([]);
    },
  );

  it('lets a second module go after the first, to the same database, and takes both back', async () => {
    await buyDuring('inventory', ['prepare', 'copy', 'cutover']);
    await buyDuring('orders', ['prepare', 'copy', 'cutover']);
    await shop.buy();
    await buyDuring('inventory', ['rollback', 'abort']);
    await buyDuring('orders', ['rollback', 'abort']);
    expect(await shop.violations()).toEqual([]);
  });
});

const KILLED: readonly [verb: Verb, point: string, module: string][] = [
  ['copy', 'move.copying', 'inventory'],
  ['cutover', 'move.table-closed:6', 'orders'],
  ['cutover', 'move.fenced', 'inventory'],
  ['cutover', 'move.opened', 'billing'],
  ['rollback', 'move.flipped', 'billing'],
];
const BEFORE: Partial<Record<Verb, readonly Verb[]>> = {
  copy: ['prepare'],
  cutover: ['prepare', 'copy'],
  rollback: ['prepare', 'copy', 'cutover'],
};

describe('an app that is killed', () => {
  it.each(KILLED)(
    'beside the mover, in %s at %s of %s, starts again and sells',
    async (what, point, module) => {
      await buyDuring(module, BEFORE[what] ?? []);
      const order = shop.buy();
      expect(await killedAt({ request: () => request(module) }, point, what)).toBe('SIGKILL');
      await shop.restart();
      await verb(module, what);
      await order;
      await shop.buy();
      if (what === 'cutover') await verb(module, 'rollback');
      await verb(module, 'abort');
      await shop.processes.expireLeases();
      expect(await shop.violations()).toEqual([]);
    },
  );
});
// only: end
