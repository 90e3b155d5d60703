import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerFailure } from './failure.js';
import { canEnter, canRun, type RunAs, serverUser } from './run-as.js';

/** Where the data lives, and as whom its server runs. */
export interface Home {
  readonly folder: string;
  readonly data: string;
  readonly runAs: RunAs;
}

/**
 * Finds the folder for the data: the state folder itself or, when the server's user cannot get
 * there (a clone in root's home), one outside of the clone that the state folder points to.
 *
 * @param folder absolute path of the state folder
 * @param name how the name of a folder outside of the clone begins
 * @throws {ServerFailure} when existing data cannot be reached, or no folder can be made
 */
export function findHome(folder: string, name: string): Home {
  // Named after the inode: a copied clone must not use the data of the original.
  const pointer = join(folder, `home-${statSync(folder).ino}`);
  const away = existsSync(pointer) ? readFileSync(pointer, 'utf8') : undefined;
  if (away && existsSync(away)) return homeIn(away);
  const near = homeIn(folder);
  if (canEnter(near.runAs, near.folder)) return near;
  if (existsSync(near.data)) {
    throw new ServerFailure(
      `The user ${near.runAs.uid}, who owns "${near.data}", cannot enter "${near.folder}".`,
      'Let others pass through the folders above it (chmod o+x), or remove it to start afresh.',
    );
  }
  return homeIn(makeAway(folder, pointer, name, near.runAs));
}

function homeIn(path: string): Home {
  // The kernel names a process's folder by its real path, by which an orphan is known.
  const folder = realpathSync(path);
  const data = join(folder, 'data');
  return { folder, data, runAs: serverUser(data) };
}

function makeAway(folder: string, pointer: string, name: string, runAs: RunAs): string {
  if (!canRun(runAs, 'true')) {
    throw new ServerFailure(
      `Postgres does not run as root, and root may not start programs as user ${runAs.uid} here.`,
      'Run as an ordinary user, or set DATABASE_URL to a server of your own.',
    );
  }
  const bases = ['/var/lib', '/var/tmp', tmpdir()];
  for (const base of bases) {
    if (!canEnter(runAs, base)) continue;
    try {
      const made = mkdtempSync(join(base, `${name}-postgres-`));
      chmodSync(made, 0o711);
      writeFileSync(join(made, 'belongs-to'), `${folder}\n`);
      writeFileSync(pointer, made, { mode: 0o600 });
      return made;
    } catch (error) {
      if (!['EROFS', 'EACCES', 'EPERM', 'ENOENT'].includes(errorCode(error))) throw error;
    }
  }
  throw new ServerFailure(
    `The user ${runAs.uid} cannot enter "${folder}", and no folder for the data could be made in ${bases.join(', ')}.`,
    'Let others pass through the folders above the clone (chmod o+x), or set DATABASE_URL.',
  );
}

const errorCode = (error: unknown) => String((error as NodeJS.ErrnoException).code);
