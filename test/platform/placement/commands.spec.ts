import { beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from '#platform/database';
import { ModuleLogins } from '../../../scripts/lib/events/module-logins.js';
import { listSagas } from '../../../scripts/lib/sagas.js';
import { placedTargets } from '../../../scripts/lib/migrations/targets.js';
import { readPlacements } from '../../../scripts/lib/placements.js';
import { dropModule, planModuleDrop } from '../../../scripts/lib/provision/index.js';
import { setUp } from '../../../scripts/lib/set-up.js';
import { TwoSides } from './two-sides.js';

const sides = new TwoSides(['harbour', 'fleet'], () => Promise.resolve());

beforeAll(async () => {
  await sides.move('harbour', 'away');
  await sides.sql(
    'away',
    'harbour',
    `insert into saga (id, name, input) values ('one', 'moor', '{}');
     insert into feed (id, type, subject, data) values (gen_random_uuid(), 'harbour.lamp-lit.v1', 'lamp', '{}')`,
  );
});

describe("the operator's commands, when a module has moved", () => {
  it('list its sagas from where its rows are', async () => {
    const { project } = sides.project;
    const targets = await placedTargets(project, project.name, project.modules);
    expect(await listSagas(targets, 'all', 10)).toMatchObject([{ module: 'harbour', id: 'one' }]);
  });

  it('read its feed there', async () => {
    const { project } = sides.project;
    const manifests = [{ name: 'harbour', calls: [], hears: [] }];
    const logins = new ModuleLogins(project, manifests, await readPlacements(project.adminUrl));
    const read = logins.query('harbour')(sql`select type from read_feed(0, 10)`);
    expect(await read).toEqual([{ type: 'harbour.lamp-lit.v1' }]);
    await logins.end();
  });

  it('set up again what is at home and what is not, and change nothing', async () => {
    expect(await setUp(sides.project.project, { poolSize: 20 })).toEqual([]);
    expect(await readPlacements(sides.adminUrl('home'))).toHaveLength(1);
  });

  it.each([
    ['plan', planModuleDrop],
    ['do', dropModule],
  ])('%s not to drop it here, where its rows are not', async (_what, drop) => {
    const { adminUrl, name: project } = sides.project.project;
    const { host } = new URL(adminUrl);
    await expect(drop({ adminUrl, project }, 'harbour')).rejects.toMatchObject({
      message: `The rows of "harbour" are not here: they have moved to ${host}/${project}_away.`,
      remedy:
        'Bring them back first: npm run extract-module -- harbour rollback. After its finish, leave out --drop-data.',
    });
  });
});
