import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliError } from '../cli.js';
import { projectName } from '../project.js';
import { ServerFailure } from './failure.js';
import { type KeeperOrder, LOG, PASSWORD, PINNED, RETIRED } from './keeper-order.js';
import { HeldLease } from './held-lease.js';

/** The right to use a server. It runs while any process holds one, however that process ends. */
export interface EmbeddedLease {
  /** URL of the superuser, naming the database `postgres`. */
  readonly url: string;
  /** Gives the lease back; if it was the last, resolves once Postgres has ended. */
  release(): Promise<void>;
}

const SETTINGS = { wal_level: 'logical', max_connections: '200' };

/** Of a server whose data nobody keeps. */
export const SCRATCH_SETTINGS = {
  ...SETTINGS,
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
};

/**
 * Leases the server whose state is in a folder, starting it when it does not run.
 *
 * @param options.folder absolute path; made when missing
 * @param options.settings extra Postgres settings, used when this call starts the server
 * @returns once the server accepts connections; the lease does not keep this process alive
 * @throws {CliError} saying why the server cannot run, with the end of its log; exit code 2
 */
export function acquireEmbedded(options: {
  folder: string;
  settings?: Record<string, string>;
}): Promise<EmbeddedLease> {
  const settings = { ...SETTINGS, ...options.settings };
  return lease({ folder: options.folder, name: projectName, settings, scratch: false });
}

/**
 * Starts a server in a temporary folder, for tests and benches. It and its data are gone when the
 * lease is given back or this process ends; a crash of the machine may corrupt it.
 *
 * @param options.settings extra Postgres settings
 * @throws {CliError} as acquireEmbedded
 */
export function startScratchServer(
  options: { settings?: Record<string, string> } = {},
): Promise<EmbeddedLease> {
  const folder = mkdtempSync(join(tmpdir(), `${projectName}-scratch-`));
  const settings = { ...SCRATCH_SETTINGS, ...options.settings };
  return lease({ folder, name: `${projectName}-scratch`, settings, scratch: true });
}

/**
 * Has a server always start on the port that it has, or gets first: somebody will know it by that.
 *
 * @param folder absolute path of its state; made when missing, and no longer retired
 */
export function pinPort(folder: string): void {
  prepareFolder(folder);
  writeFileSync(join(folder, PINNED), '', { mode: 0o600 });
  rmSync(join(folder, RETIRED), { force: true });
}

/** Has a server end with all its data and its folder, once the last lease is given back. */
export const retire = (folder: string): void =>
  writeFileSync(join(folder, RETIRED), '', { mode: 0o600 });

export const isRetired = (folder: string): boolean => existsSync(join(folder, RETIRED));

async function lease(order: KeeperOrder): Promise<EmbeddedLease> {
  try {
    refuseWindows();
    prepareFolder(order.folder);
    const held = await HeldLease.take(order);
    const password = readFileSync(join(order.folder, PASSWORD), 'utf8');
    return {
      get url() {
        return `postgres://postgres:${password}@127.0.0.1:${held.port}/postgres`;
      },
      release: () => held.release(),
    };
  } catch (error) {
    const { message, remedy } = ServerFailure.from(error, join(order.folder, LOG));
    throw new CliError(message, remedy, 2, { cause: error });
  }
}

/** As root, the server's user must pass through; what others may not read has modes of its own. */
function prepareFolder(folder: string): void {
  if (process.getuid?.() !== 0) return void mkdirSync(folder, { recursive: true, mode: 0o700 });
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o711);
}

function refuseWindows(): void {
  if (process.platform !== 'win32') return;
  throw new ServerFailure(
    'The embedded Postgres is not made for Windows.',
    'Work in WSL, or set DATABASE_URL to a server of your own.',
  );
}
