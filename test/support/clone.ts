import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Environment } from '#config';
import { projectName, readProjectModules, rootFolder } from '../../scripts/lib/project.js';

/** A copy of the working tree, after `npm ci` and before the first `npm start`. */
export interface Clone {
  readonly folder: string;
  /** Runs a command, such as `npm run check`, as somebody would at a terminal. */
  run(command: string, environment?: Environment): Promise<Ran>;
  /** Commits everything. */
  commit(): void;
  /** Removes the server's data, and whatever else the clone has made. */
  empty(): void;
  remove(): void;
}

/** How a command ended, and what it said. */
export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function makeClone(): Clone {
  const folder = mkdtempSync(join(tmpdir(), `${projectName}-clone-`));
  // The server runs as another user when this is root, and has to get to its data.
  chmodSync(folder, 0o711);
  for (const file of [...workingTree(), ...generatedClients()]) {
    cpSync(join(rootFolder, file), join(folder, file), { recursive: true });
  }
  symlinkSync(join(rootFolder, 'node_modules'), join(folder, 'node_modules'));
  return {
    folder,
    run: (command, environment = {}) => runIn(folder, command, environment),
    commit: () => commitAll(folder),
    empty: () => rmSync(join(folder, '.data'), { recursive: true, force: true }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** What git has or would take, as it is on the disk. */
function workingTree(): string[] {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const files = execFileSync('git', list, { cwd: rootFolder, encoding: 'utf8' });
  return files.split('\0').filter((file) => file !== '' && existsSync(join(rootFolder, file)));
}

const generatedClients = () =>
  readProjectModules().map((name) => `src/modules/${name}/internal/prisma`);

/** Without what jest and the run's set-up tell their own processes. */
async function runIn(folder: string, command: string, environment: Environment): Promise<Ran> {
  const { PATH, HOME, LANG, TMPDIR } = process.env;
  const child = spawn('bash', ['-c', command], {
    cwd: folder,
    env: { PATH, HOME, LANG, TMPDIR, CI: 'true', NO_COLOR: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, status] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once('exit', resolve)),
  ]);
  return { status, stdout, stderr };
}

function commitAll(folder: string): void {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, stdio: 'pipe' });
  if (!existsSync(join(folder, '.git'))) git('init', '--quiet');
  git('add', '--all');
  const author = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  git(...author, 'commit', '--quiet', '--no-verify', '--message', 'chore: begin');
}
