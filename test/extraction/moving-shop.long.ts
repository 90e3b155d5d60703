import { afterAll, describe, expect, it } from '@jest/globals';
import { urlWith } from '#platform/database/names';
import type { Verb } from '../../scripts/lib/extraction/journal.js';
import { extract } from '../../scripts/lib/extraction/mover.js';
import { prismaFolder } from '../../scripts/lib/project.js';
import { SmallShop } from '../crash/small-shop.js';
import { testProject } from '../support/test-project.js';

const project = testProject();
const database = `${new URL(project.adminUrl).pathname.slice(1)}_away`;

const request = (module: string) => ({
  ...{ project, module, poolSize: 10, prismaFolder, say: () => undefined },
  target: urlWith(project.adminUrl, { database }),
});

/** Does verbs while orders are placed; one that is refused fails the spec. */
async function buyDuring(module: string, verbs: readonly Verb[]): Promise<void> {
  let lasts = true;
  const buyers = Array.from({ length: 3 }, async () => {
    while (lasts) await shop.buy();
  });
  for (const verb of verbs) await extract(request(module), verb, { maxPause: 5_000 });
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
});
