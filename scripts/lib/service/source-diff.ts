import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { processEnvironment } from '#config';
import { CliError } from '../cli.js';
import { applyChanges, type FileChange } from '../file-plan.js';

/**
 * The diff that git would show once changes are made and added, with renames found. Its files, index
 * and objects are in a folder of their own, so that nothing changes in the repository.
 *
 * @param root absolute path that the paths are below; those outside of it are left out
 * @throws {CliError} when git cannot, as in a repository without a commit
 */
export function diffOf(root: string, changes: readonly FileChange[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'source-diff-'));
  try {
    const inside = changes.filter(({ path }) => !path.startsWith('../'));
    return diffIn(folder, root, inside);
  } catch (error) {
    throw new CliError(
      `git cannot show what would change: ${(error as Error).message.trim()}`,
      'Commit what is there: git add --all && git commit',
      2,
      { cause: error },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function diffIn(folder: string, root: string, changes: readonly FileChange[]): string {
  const tree = join(folder, 'tree');
  const cwd = join(tree, git(root, ['rev-parse', '--show-prefix']).trim());
  mkdirSync(cwd, { recursive: true });
  applyChanges(cwd, changes);
  // Git takes a folder without its objects for no repository.
  const objects = join(folder, 'objects');
  mkdirSync(objects);
  const removed = changes.filter(({ text }) => text === null).map(({ path }) => path);
  const environment = {
    GIT_DIR: git(root, ['rev-parse', '--absolute-git-dir']).trim(),
    GIT_WORK_TREE: tree,
    GIT_INDEX_FILE: join(folder, 'index'),
    GIT_OBJECT_DIRECTORY: objects,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: resolve(
      root,
      git(root, ['rev-parse', '--git-path', 'objects']).trim(),
    ),
  };
  const beside = (...args: string[]) => git(cwd, args, environment);
  beside('read-tree', 'HEAD');
  beside('-c', 'core.fileMode=false', 'add', '--force', '--ignore-removal', '.');
  beside('rm', '--cached', '-r', '-f', '--quiet', '--ignore-unmatch', '--', ...removed);
  return beside('diff-index', '--cached', '-p', '-M', '-l0', 'HEAD');
}

const git = (cwd: string, args: readonly string[], environment = {}) =>
  execFileSync('git', args, {
    cwd,
    encoding: 'utf8',
    env: { ...processEnvironment(), ...environment },
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
