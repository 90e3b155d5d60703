import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CliError, listed } from './cli.js';

/**
 * The project's own files by path: those that git tracks or would. A binary one has no text.
 *
 * @throws {CliError} exit code 2, when the folder is not in a git repository
 */
export function readTrackedFiles(root: string): Map<string, string> {
  const files = new Map<string, string>();
  const list = git(root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard');
  for (const path of new Set(list.split('\0').filter(Boolean))) {
    // A file that was deleted and not yet committed is still on git's list.
    if (statSync(join(root, path), { throwIfNoEntry: false })?.isFile() !== true) continue;
    const text = readFileSync(join(root, path), 'utf8');
    files.set(path, text.includes('\0') ? '' : text);
  }
  return files;
}

/** @throws {CliError} naming every path of the project that has changed and is not committed */
export function refuseUncommitted(root: string): void {
  const paths = git(root, 'status', '--porcelain').split('\n').filter(Boolean);
  if (paths.length === 0) return;
  throw new CliError(
    `Something is not committed, and could not be told apart afterwards:${listed(paths)}`,
    'Commit or stash it; or, if it may be mixed with what this changes: --force',
  );
}

function git(root: string, ...args: string[]): string {
  try {
    return execFileSync('git', ['-C', root, ...args], {
      encoding: 'utf8',
      maxBuffer: 1 << 26,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    throw new CliError(
      `git cannot list the files of "${root}": ${(error as Error).message.trim()}`,
      'Install git, and make the folder a repository: git init && git add --all && git commit -m "chore: begin"',
      2,
      { cause: error },
    );
  }
}
