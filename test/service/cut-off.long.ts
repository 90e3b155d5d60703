// only: catalog
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Clone, makeClone } from '../support/clone.js';

const OUT = 'services/catalog';
const MOVE = 'npm run --silent extract-module -- catalog --only source';
const TAKE_BACK = `git restore --staged --worktree . && git clean -fd ${OUT} && npm run prisma:generate`;

/** Kills the process instead of the writing, or the removing, of a path that ends so. */
const KILLER = `
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
const { renameSync, rmSync } = fs;
const end = process.env.KILLED_AT;
const die = (path) => String(path).endsWith(end) && process.kill(process.pid, 'SIGKILL');
fs.renameSync = (from, to) => die(to) || renameSync(from, to);
fs.rmSync = (path, options) => (!options?.recursive || !die(path)) && rmSync(path, options);
syncBuiltinESMExports();
`;

let clone: Clone;

beforeAll(() => {
  clone = makeClone();
  writeFileSync(join(clone.folder, '.gitignore'), `\n.killer.mjs\n`, { flag: 'a' });
  writeFileSync(join(clone.folder, '.killer.mjs'), KILLER);
  clone.commit();
});
afterAll(() => clone.remove());

/** Moves the source in a process that is killed at a path. */
async function moveUntil(end: string): Promise<void> {
  const { status } = await clone.run(MOVE, {
    NODE_OPTIONS: `--import=${join(clone.folder, '.killer.mjs')}`,
    KILLED_AT: end,
  });
  expect(status).not.toBe(0);
  expect(existsSync(join(clone.folder, '.data/source-move.json'))).toBe(true);
}

const git = (...args: string[]) =>
  execFileSync('git', args, { cwd: clone.folder, encoding: 'utf8', maxBuffer: 1 << 28 });
const changes = () => git('status', '--porcelain', '--untracked-files=all');

/** The whole tree, by name and content. */
function tree(): string {
  git('add', '--all');
  return git('write-tree');
}

describe("a source's move whose mover was killed", () => {
  let whole: string;
  beforeAll(async () => {
    expect(await clone.run(MOVE)).toMatchObject({ status: 0 });
    whole = tree();
    expect((await clone.run(TAKE_BACK)).status).toBe(0);
    expect(changes()).toBe('');
  });

  it('goes on by the same command, as often as it is killed', async () => {
    await moveUntil(`${OUT}/README.md`);
    await moveUntil('src/app.module.ts');
    await moveUntil('prisma/catalog/');
    const { status, stderr } = await clone.run(MOVE);
    expect(status).toBe(0);
    expect(stderr).toContain(`"catalog" is in ${OUT} now`);
    expect(tree()).toBe(whole);
    expect((await clone.run(TAKE_BACK)).status).toBe(0);
  });

  it('stops every other command of moves, which says how to go on', async () => {
    await moveUntil('src/app.module.ts');
    for (const words of ['orders plan', 'catalog status', 'catalog --only source --dry-run']) {
      const { status, stderr } = await clone.run(`npm run --silent extract-module -- ${words}`);
      expect(status).toBe(1);
      expect(stderr).toContain('npm run extract-module -- catalog --only source');
    }
  });

  it('begins again once git has taken it back', async () => {
    expect((await clone.run(TAKE_BACK)).status).toBe(0);
    expect((await clone.run(MOVE)).status).toBe(0);
    expect(tree()).toBe(whole);
    expect((await clone.run(TAKE_BACK)).status).toBe(0);
  });

  it('writes over nothing that somebody has changed since', async () => {
    await moveUntil('src/app.module.ts');
    const changed = join(clone.folder, 'src/app.module.ts');
    appendFileSync(changed, '// by hand\n');
    const { status, stderr } = await clone.run(MOVE);
    expect(status).toBe(1);
    expect(stderr).toContain('src/app.module.ts');
    expect(readFileSync(changed, 'utf8')).toContain('// by hand');
    expect(existsSync(join(clone.folder, 'prisma/catalog'))).toBe(true);
  });
});
// only: end
