import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { applyChanges } from '../../scripts/lib/file-plan.js';
import { diffOf } from '../../scripts/lib/service/source-diff.js';

const CODE = Array.from({ length: 20 }, (_, index) => `export const n${index} = ${index};\n`).join(
  '',
);
const CHANGES = [
  { path: 'services/boats/inside/hull.ts', text: `${CODE}// elsewhere\n` },
  { path: 'inside/', text: null },
  { path: 'index.ts', text: 'export {};\n' },
  { path: 'ignored/new.ts', text: 'new\n' },
  { path: 'old.ts', text: null },
];

let root: string;
let repository: string;
const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' });

beforeAll(() => {
  repository = mkdtempSync(join(tmpdir(), 'source-diff-spec-'));
  root = join(repository, 'below');
  mkdirSync(root);
  applyChanges(root, [
    { path: '.gitignore', text: '.data\n' },
    { path: 'inside/hull.ts', text: CODE },
    { path: 'index.ts', text: 'export const all = 1;\n' },
    { path: 'old.ts', text: 'old\n' },
    { path: 'stays.ts', text: 'stays\n' },
  ]);
  git('init', '--quiet', '..');
});
afterAll(() => rmSync(repository, { recursive: true }));

describe('the diff of what is not done yet', () => {
  it('takes a commit', () => {
    expect(() => diffOf(root, CHANGES)).toThrow('git cannot show what would change');
  });

  it('is what git shows once it is done, and changes nothing', () => {
    git('add', '--all');
    const author = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
    git(...author, 'commit', '--quiet', '--message', 'chore: begin');
    const objects = git('count-objects');
    const diff = diffOf(root, [...CHANGES, { path: '../service/hull.ts', text: CODE }]);
    expect([git('status', '--porcelain'), git('count-objects')]).toEqual(['', objects]);
    applyChanges(root, CHANGES);
    git('add', '--all');
    expect(diff).toBe(git('diff', '--cached', '-M'));
    expect(diff).toContain('rename to below/services/boats/inside/hull.ts');
  });
});
