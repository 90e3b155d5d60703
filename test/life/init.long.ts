import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readProjectManifests, rootFolder } from '../../scripts/lib/project.js';
import { keptModules } from '../../scripts/lib/template/keep.js';
import { cutPassages } from '../../scripts/lib/tree/markers.js';
import { namesOf, renamed } from '../../scripts/lib/template/names.js';
import { withoutOrphans } from '../../scripts/lib/tree/orphans.js';
import { projectPackage, unusedPackages } from '../../scripts/lib/tree/package.js';
import { planInit } from '../../scripts/lib/template/plan.js';
import { tracesIn } from '../../scripts/lib/template/traces.js';
import { readTrackedFiles } from '../../scripts/lib/tracked-files.js';
import { type Clone, makeClone } from '../support/clone.js';

const tree = readTrackedFiles(rootFolder);
const manifests = readProjectManifests();
const plan = (name: string, keep = 'shop', files: ReadonlyMap<string, string> = tree) =>
  planInit(rootFolder, files, manifests, { name, keep });

describe('a clone without the shop', () => {
  const INIT = 'npm run --silent template:init -- night-market --keep none';
  const template = namesOf(
    (JSON.parse(tree.get('package.json') as string) as { name: string }).name,
  );
  let clone: Clone;

  beforeAll(async () => {
    clone = makeClone();
    clone.commit();
    await clone.run('mkdir -p .data && echo old > .data/secret');
  });
  afterAll(() => clone.remove());

  const status = async () => (await clone.run('git status --porcelain')).stdout;

  it('is not made of a tree with uncommitted changes', async () => {
    await clone.run('echo >> README.md');
    const refused = await clone.run(INIT);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('Something is not committed');
    expect(refused.stderr).toContain('\n  -  M README.md');
    await clone.run('git checkout README.md');
    expect(await status()).toBe('');
  });

  it('is made as a dry run says, and that changes nothing', async () => {
    const dry = await clone.run(`${INIT} --dry-run`);
    expect([dry.status, await status()]).toEqual([0, '']);
    const done = await clone.run(INIT);
    expect(done).toMatchObject({ status: 0, stderr: '' });
    expect(done.stdout.startsWith(`${dry.stdout}\nThis is "night-market" now.`)).toBe(true);
  });

  it('keeps no trace of the template, of the shop, or of the command', async () => {
    const { stdout } = await clone.run('git ls-files --others --cached --exclude-standard');
    expect(stdout).toContain('src/modules/.gitkeep');
    const names = [template.name, ...manifests.map(({ name }) => name)];
    const left = await clone.run(`ls -d {src/modules,prisma,test/modules}/{${names.join(',')}}`);
    expect(left.stdout).toBe('');
    const said = await clone.run(
      `grep -rniI --exclude-dir=node_modules --exclude-dir=.git -e ${template.name} -e template:init .`,
    );
    expect(said.stdout).toBe('');
    const shop = manifests.map(({ name }) => `-e "['\\"/]${name}['\\"/]"`).join(' ');
    const named = `grep -rnI --exclude-dir=node_modules --exclude-dir=.git ${shop} .`;
    expect((await clone.run(named)).stdout).toBe('');
  });

  it('has a secret of its own, and says which version of the template it came from', async () => {
    expect((await clone.run('ls .data/secret')).status).not.toBe(0);
    const file = JSON.parse(readFileSync(join(clone.folder, 'package.json'), 'utf8'));
    const { version } = JSON.parse(tree.get('package.json') as string) as { version: string };
    expect(file).toMatchObject({
      name: 'night-market',
      version: '0.1.0',
      templateVersion: version,
    });
    expect(file.scripts).not.toHaveProperty('template:init');
  });

  // All that CI asks of such a project, `.ci/template` asks.
  it('holds together, with one module created', async () => {
    const created = await clone.run('npm run --silent module:create -- alpha');
    expect(created).toMatchObject({ status: 0 });
    expect(await clone.run('npm run --silent types')).toMatchObject({ status: 0, stdout: '' });
  });
});

describe('the plan of a project', () => {
  it('keeps the modules asked for, and those that they need', () => {
    const some = [
      { name: 'aa', calls: ['bb'], hears: [] },
      { name: 'bb', calls: [], hears: ['cc'] },
      { name: 'cc', calls: [], hears: [] },
      { name: 'dd', calls: ['aa'], hears: [] },
    ];
    expect(keptModules(some, 'aa')).toEqual({
      modules: ['aa', 'bb', 'cc'],
      notes: ['"bb" stays too, since "aa" needs it.', '"cc" stays too, since "bb" needs it.'],
    });
    expect(keptModules(some, 'shop').modules).toHaveLength(4);
    expect(keptModules(some, 'none')).toEqual({ modules: [], notes: [] });
    expect(() => keptModules(some, 'aa,xx')).toThrow('There is no module "xx" to keep.');
  });

  it.each(manifests.map(({ name }) => name))('leaves no trace of the rest for %s', async (name) => {
    const { changes } = await plan('night-market', name);
    const paths = changes.map(({ path }) => path);
    expect(paths).not.toContain(`src/modules/${name}/`);
  });

  it('keeps the whole shop, and its tests', async () => {
    const { changes } = await plan('night-market');
    const removed = changes.filter(({ text }) => text === null).map(({ path }) => path);
    expect(removed).toContain('scripts/lib/template/');
    expect(removed.filter((path) => /modules|shop/.test(path))).toEqual([]);
  });

  it('refuses a name with all its faults', async () => {
    await expect(plan('Night Market')).rejects.toThrow(
      '"Night Market" cannot be the project\'s name:\n  - it must be lower-case letters and digits',
    );
    const long = `pg-${'x'.repeat(30)}`;
    await expect(plan(long)).rejects.toThrow(
      /must have 2 to 24 characters\n {2}- it is a reserved/,
    );
    await expect(plan('jest')).rejects.toThrow(
      'a package that the project depends on is called that',
    );
  });

  it('refuses to leave a trace, and names each', async () => {
    const { name } = JSON.parse(tree.get('package.json') as string) as { name: string };
    const gone = manifests[0]?.name;
    const files = new Map([
      ...tree,
      ['docs/probe.md', `fine\nmy${name.toUpperCase()}\n[gone](nowhere.md)\n`],
      ['src/platform/probe.ts', `export const probe = '${gone}';\n`],
    ]);
    await expect(plan('night-market', 'none', files)).rejects.toThrow(
      `would be left:
  - docs/probe.md:2: my${name.toUpperCase()}
  - docs/probe.md:3: [gone](nowhere.md)
  - src/platform/probe.ts:1: export const probe = '${gone}';`,
    );
  });
});

describe('the steps of the plan', () => {
  const one = (text: string) => new Map([['a.md', text]]);

  it('cut passages whose modules go, and the markers of the others', () => {
    const text =
      'a\n<!-- only: aa, bb -->\nb\n<!-- only: end -->\n# only: template\nc\n# only: end\nd';
    expect(cutPassages(one(text), ['aa', 'bb']).get('a.md')).toBe('a\nb\nd');
    expect(cutPassages(one(text), ['aa']).get('a.md')).toBe('a\nd');
    const either = one('a\n// only: any of aa, bb\nb\n// only: end');
    expect(cutPassages(either, ['bb']).get('a.md')).toBe('a\nb');
    expect(cutPassages(either, ['cc']).get('a.md')).toBe('a');
    expect(cutPassages(one('a\n'), []).get('a.md')).toBe('a\n');
  });

  it.each(['// only: aa\nx', '// only: end', '// only: aa\n// only: bb\n// only: end'])(
    'refuse a marker without its partner: %j',
    (text) => {
      expect(() => cutPassages(one(text), [])).toThrow('\n  - a.md');
    },
  );

  it('give each place the form of the name that it takes', () => {
    const rename = (text: string) => renamed(text, namesOf('old'), namesOf('night-market'));
    expect(rename('Old: `old`, old_role, postgres://a:b@h:5/old')).toBe(
      'Night market: `night_market`, night_market_role, postgres://a:b@h:5/night_market',
    );
    expect(rename('"old-source" old/rule { old: plugin }')).toBe(
      `"night-market-source" night-market/rule { 'night-market': plugin }`,
    );
  });

  it('leave out what only files that are gone used', () => {
    const helpers = { 'test/a.ts': `'./b.js'`, 'test/b.ts': '', 'test/c.ts': '', 'test/d.ts': '' };
    const before = new Map([
      ...Object.entries(helpers),
      ['scripts/gone.ts', `import one from 'one';\nimport '../test/a.js';\nstart('test/c.ts');`],
      ['scripts/lib/module/files/test/modules/__name__/it.ts.txt', `'../../d.js'`],
      [
        'package.json',
        JSON.stringify({
          scripts: { gone: 'node scripts/gone.ts', soak: 'jest test/soak/*.ts', a: 'eslint .' },
          devDependencies: { one: '1', '@types/one': '1', compiler: '1' },
        }),
      ],
    ]);
    const after = new Map([...before].filter(([path]) => path !== 'scripts/gone.ts'));
    const left = withoutOrphans(before, after);
    expect([...left.keys()].filter((path) => path.startsWith('test/'))).toEqual(['test/d.ts']);
    const { scripts, devDependencies } = JSON.parse(
      projectPackage(left, unusedPackages(before, left)),
    );
    expect({ scripts, devDependencies }).toEqual({
      scripts: { a: 'eslint .' },
      devDependencies: { compiler: '1' },
    });
  });

  it('find a command that is gone', () => {
    const lines = 'npm run soak -- --seed 1\nnpm run soak:all\nnpm run --silent soak';
    expect(tracesIn(one(lines), 'old', [], ['soak'])).toEqual([
      'a.md:1: npm run soak -- --seed 1',
      'a.md:3: npm run --silent soak',
    ]);
  });

  it('find a word in code, and in prose unless it means something else', () => {
    const lines = "'inventory'\nthe inventory\nCatalogModule\n'catalog'\nthe catalog\npg_catalog\n";
    expect(tracesIn(one(lines), 'old', ['inventory', 'catalog'])).toEqual([
      "a.md:1: 'inventory'",
      'a.md:2: the inventory',
      'a.md:3: CatalogModule',
      "a.md:4: 'catalog'",
    ]);
  });
});
