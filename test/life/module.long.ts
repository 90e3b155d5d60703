import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startScratchServer } from '../../scripts/lib/embedded/index.js';
import { type Clone, makeClone } from '../support/clone.js';

const CREATE = 'npm run --silent module:create --';
const REMOVE = 'npm run --silent module:remove --';

let clone: Clone;

beforeAll(() => {
  clone = makeClone();
  clone.commit();
});
afterAll(() => clone.remove());

const status = async () => (await clone.run('git status --porcelain --untracked-files=all')).stdout;

/** The paths of a plan's lines, without the time that a first migration carries. */
const planned = (stdout: string) =>
  stdout
    .split('\n\n')[0]
    ?.trim()
    .replaceAll(/\d{14}/g, '<time>')
    .split('\n');

describe('creating a module', () => {
  afterEach(async () => {
    await clone.run('git clean -fdqx src/modules/{aardvark,extra*} prisma test; git checkout -q .');
  });

  it('says in a dry run exactly what it would do, and does nothing', async () => {
    const dry = await clone.run(`${CREATE} aardvark --dry-run`);
    expect([dry.status, await status()]).toEqual([0, '']);
    const done = await clone.run(`${CREATE} aardvark`);
    expect(planned(dry.stdout)).toEqual(planned(done.stdout));
    const changed = (await status())
      .trim()
      .replaceAll(/\d{14}/g, '<time>')
      .split('\n');
    const lines = changed.map((line) =>
      line
        .trim()
        .replace(/^M /, 'change ')
        .replace(/^\?\? /, 'create '),
    );
    expect(lines.sort()).toEqual(planned(dry.stdout)?.sort());
  });

  it('makes one that passes the checks and its own tests untouched', async () => {
    expect((await clone.run(`${CREATE} aardvark`)).status).toBe(0);
    // Names of other lengths break lines elsewhere, and `calls` and `hears` are declared only.
    const other = await clone.run(
      `${CREATE} extraordinarilylongwordof30let --calls aardvark --hears aardvark`,
    );
    expect(other.status).toBe(0);
    const own =
      '"src/modules/{aardvark,extra*}/**/*.ts" "test/modules/{aardvark,extra*}/*.ts" "test/fakes/*.ts" src/app.module.ts';
    const checks = [
      `npx prettier --check ${own}`,
      'npm run types',
      `npx eslint ${own}`,
      'npm test -- test/modules/aardvark test/modules/extra',
    ];
    const ran = await Promise.all(checks.map((check) => clone.run(check)));
    expect(ran).toEqual(ran.map((each) => ({ ...each, status: 0 })));
  });

  it('refuses a word whose folders are there, and names each', async () => {
    await clone.run(`${CREATE} aardvark`);
    const before = await status();
    const again = await clone.run(`${CREATE} aardvark`);
    expect(again.status).toBe(1);
    for (const folder of ['src/modules/aardvark/', 'prisma/aardvark/', 'test/modules/aardvark/']) {
      expect(again.stderr).toContain(`- ${folder} is there already`);
    }
    expect(await status()).toBe(before);
  });
});

describe('removing a module', () => {
  it('leaves no trace of one that was created', async () => {
    for (const name of ['aardvark', 'zebra'])
      expect((await clone.run(`${CREATE} ${name}`)).status).toBe(0);
    const dry = await clone.run(`${REMOVE} aardvark --dry-run`);
    const before = await status();
    for (const name of ['aardvark', 'zebra'])
      expect((await clone.run(`${REMOVE} ${name}`)).status).toBe(0);
    expect(dry.stdout.trim().split('\n')).toEqual([
      'remove src/modules/aardvark/',
      'remove prisma/aardvark/',
      'remove test/modules/aardvark/',
      'remove test/fakes/aardvark.ts',
      'change src/app.module.ts',
      'change test/fakes/index.ts',
      'change docs/modules.md',
    ]);
    expect(before).not.toBe('');
    expect(await status()).toBe('');
    expect((await clone.run('ls src/modules/aardvark')).status).not.toBe(0);
  });

  it('is refused while others call, hear or import it, and names them', async () => {
    await clone.run(`${CREATE} aardvark`);
    await clone.run(`${CREATE} bongo --calls aardvark`);
    await clone.run(`${CREATE} gecko --hears aardvark`);
    await clone.run(
      `echo "import { aardvarkContract } from '#modules/aardvark';" >> test/support/wait-for.ts`,
    );
    const before = await status();
    const refused = await clone.run(`${REMOVE} aardvark`);
    expect(refused.stderr).toBe(
      `The module "aardvark" is still needed:
  - "bongo" calls it: src/modules/bongo/module.json
  - "gecko" hears it: src/modules/gecko/module.json
  - test/support/wait-for.ts imports it

  Change or remove those first; what they lose, see in src/modules/aardvark/README.md
`,
    );
    expect([refused.status, await status()]).toEqual([1, before]);
    await clone.run('git checkout -q test/support/wait-for.ts');
    for (const name of ['gecko', 'bongo', 'aardvark']) {
      expect(await clone.run(`${REMOVE} ${name}`)).toMatchObject({ status: 0 });
    }
    expect(await status()).toBe('');
  });

  it('refuses a word that is no module, and names those that are', async () => {
    const refused = await clone.run(`${REMOVE} nobody`);
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toContain('There is no module "nobody".\n\n  The modules are: ');
  });

  it('drops its rows and roles only when asked to, and also later', async () => {
    const server = await startScratchServer();
    const on = { DATABASE_URL: server.url, DATABASE_SECRET: 'x'.repeat(40) };
    try {
      await clone.run(`${CREATE} aardvark`);
      expect((await clone.run('npm run db:provision && npm run db:migrate', on)).status).toBe(0);
      expect((await clone.run(`${REMOVE} aardvark`, on)).stderr).toContain(
        'Its schema and roles stay.',
      );
      const drop = `${REMOVE} aardvark --drop-data`;
      const dry = await clone.run(`${drop} --dry-run`, on);
      expect(dry.stdout).toMatch(
        /^the database loses \d+ tables with about \d+ rows:\n {2}DROP SCHEMA/,
      );
      expect((await clone.run(drop, on)).stdout).toBe(dry.stdout);
      expect((await clone.run(drop, on)).stdout).toBe('the database has nothing of it\n');
      expect(await status()).toBe('');
    } finally {
      await server.release();
    }
  });
});
