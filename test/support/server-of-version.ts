import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { postgresEnvironment } from '../../scripts/lib/embedded/cluster.js';
import { findHome, type Home } from '../../scripts/lib/embedded/home.js';
import {
  type EmbeddedLease,
  SCRATCH_SETTINGS,
  startScratchServer,
} from '../../scripts/lib/embedded/index.js';
import { freePort } from '../../scripts/lib/embedded/ports.js';
import { startPostmaster, stopPostmaster } from '../../scripts/lib/embedded/postmaster.js';

const PASSWORD = 'postgres';

/**
 * A throw-away server of an installed Postgres.
 *
 * @param bin folder of its programs, such as /usr/lib/postgresql/15/bin; without it, of the embedded one
 */
export async function startServerOf(
  bin: string | undefined,
  settings: Record<string, string>,
): Promise<EmbeddedLease> {
  if (bin === undefined) return startScratchServer({ settings });
  const folder = mkdtempSync(join(tmpdir(), 'server-'));
  chmodSync(folder, 0o777);
  const home = findHome(folder, 'server');
  initialise(home, bin);
  const binaries = { folder: dirname(bin), version: bin };
  const port = await freePort(undefined);
  // A log of its own, lest it mingles with what jest prints.
  const all = { ...SCRATCH_SETTINGS, logging_collector: 'on', ...settings };
  const log = join(folder, 'log');
  const server = await startPostmaster({ home, binaries, settings: all, log }, port);
  return {
    url: `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`,
    async release() {
      await stopPostmaster(server);
      for (const each of [home.folder, folder]) rmSync(each, { recursive: true, force: true });
    },
  };
}

function initialise({ folder, data, runAs }: Home, bin: string): void {
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, PASSWORD);
  const { status, stderr } = spawnSync(
    join(bin, 'initdb'),
    [
      ...['--pgdata', data, '--username=postgres', `--pwfile=${passwordFile}`],
      ...['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'],
    ],
    { ...runAs, cwd: '/', env: postgresEnvironment, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
}
