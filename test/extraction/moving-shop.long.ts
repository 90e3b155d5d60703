// only: shop
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { urlWith } from '#platform/database/names';
import { installFault } from '#platform/fault';
import type { Verb } from '../../scripts/lib/extraction/sides/journal.js';
import { extract } from '../../scripts/lib/extraction/steps/mover.js';
import type { Stage } from '../../scripts/lib/extraction/sides/stage.js';
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

/** In the order of a move, so that each begins where the one before has ended. */
const BESIDE: readonly [verb: Verb, point: string, ends: Stage][] = [
  ['prepare', 'move.prepared', 'prepared'],
  ['copy', 'move.copying', 'in step'],
  ['verify', 'move.comparing', 'in step'],
  ...['move.armed', 'move.fenced', 'move.opened', 'move.flipped'].flatMap(
    (point): [Verb, string, Stage][] => [
      ['cutover', point, 'away'],
      ['rollback', point, 'in step'],
    ],
  ),
  ['abort', 'move.streams-dropped', 'none'],
];

describe('an app that is killed beside a mover that lives', () => {
  afterEach(() => installFault(undefined));

  it.each(BESIDE)('in %s at %s, keeps nobody from going on', async (what, at, ends) => {
    const order = shop.buy();
    let restarted: Promise<void> | undefined;
    installFault(async (point) => {
      if (point !== at || restarted) return;
      const { ended } = shop.app;
      restarted = shop.restart();
      await ended;
    });
    expect(await verb('orders', what)).toMatchObject({ stage: ends });
    expect(restarted).toBeDefined();
    await restarted;
    await order;
    await shop.buy();
  });

  it('has lost and doubled nothing in the end', async () => {
    await shop.processes.expireLeases();
    expect(await shop.violations()).toEqual([]);
  });
});

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
