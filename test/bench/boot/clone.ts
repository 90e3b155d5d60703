import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectName, readProjectManifests, rootFolder } from '../../../scripts/lib/project.js';

/** A copy of the working tree, after `npm ci` and before the first `npm start`. */
export interface Clone {
  readonly folder: string;
  /** Removes the server's data, and whatever else the clone has made. */
  empty(): void;
  remove(): void;
}

export function makeClone(): Clone {
  const folder = mkdtempSync(join(tmpdir(), `${projectName}-boot-`));
  // The server runs as another user when this is root, and has to get to its data.
  chmodSync(folder, 0o711);
  for (const file of [...workingTree(), ...generatedClients()]) {
    cpSync(join(rootFolder, file), join(folder, file), { recursive: true });
  }
  symlinkSync(join(rootFolder, 'node_modules'), join(folder, 'node_modules'));
  return {
    folder,
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
  readProjectManifests().map(({ name }) => `src/modules/${name}/internal/prisma`);
