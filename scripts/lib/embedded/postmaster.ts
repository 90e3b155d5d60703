import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Binaries, binary } from './binaries.js';
import { postgresEnvironment } from './cluster.js';
import { ServerFailure, endOfLog, remedyFor, tailOf } from './failure.js';
import type { Home } from './home.js';
import { waitUntil } from './wait-until.js';

/** What a server is started with, the same each time. */
export interface PostmasterOptions {
  readonly home: Home;
  readonly binaries: Binaries;
  readonly settings: Readonly<Record<string, string>>;
  /** The log, which is also this process's standard error. */
  readonly log: string;
}

/** The port was taken by another program between choosing and using it. */
export class PortTaken extends ServerFailure {}

/** How long the processes and the shared memory of a killed server may take to go. */
const REMAINS_MS = 15_000;
const REMAINS = /pre-existing shared memory block|lock file "postmaster.pid" already exists/;

/**
 * Starts Postgres on a loopback port and waits until it accepts connections.
 *
 * @returns the running server's process
 * @throws {PortTaken}
 * @throws {ServerFailure} with the end of the log
 */
export async function startPostmaster(
  options: PostmasterOptions,
  port: number,
): Promise<ChildProcess> {
  const deadline = Date.now() + REMAINS_MS;
  for (;;) {
    const since = endOfLog(options.log);
    const child = spawnPostmaster(options, port);
    await waitUntil(() => hasEnded(child) || isReady(options.home, child), Infinity);
    if (!hasEnded(child)) return child;
    const output = tailOf(options.log, since);
    if (!REMAINS.test(output) || Date.now() > deadline) throw failure(output);
    await pause(200);
  }
}

/**
 * Ends the server: its clients are disconnected; if that takes too long, by force.
 *
 * @returns once the process is gone
 */
export async function stopPostmaster(child: ChildProcess): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (hasEnded(child)) return;
    child.kill(signal);
    await waitUntil(() => hasEnded(child), 15_000);
  }
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

function spawnPostmaster({ home, binaries, settings }: PostmasterOptions, port: number) {
  const all = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...settings };
  const options = { ...home.runAs, cwd: '/', env: postgresEnvironment };
  const child = spawn(
    binary(binaries, 'postgres'),
    [
      ...['-D', home.data, '-p', String(port)],
      ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    { ...options, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  child.once('error', (error) => process.stderr.write(`${error.message}\n`));
  if (child.pid !== undefined) endTogether(child, options);
  return child;
}

/** A shell that waits on a pipe from this process, whose end the kernel closes on any death. */
function endTogether(child: ChildProcess, options: SpawnOptions): void {
  const watch = spawn('/bin/sh', ['-c', 'read _; kill -INT "$1"', 'sh', String(child.pid)], {
    ...options,
    // Whatever kills this process's group shall not take the watch along.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watch.once('error', (error) => process.stderr.write(`${error.message}\n`));
  child.once('exit', () => watch.kill('SIGKILL'));
}

/** Postgres writes its state into the eighth line; pg_ctl looks there, too. */
function isReady({ data }: Home, { pid }: ChildProcess): boolean {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    return lines[0] === String(pid) && lines[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}

function failure(output: string): ServerFailure {
  const fact = `Postgres could not start:\n\n${output}`;
  return /could not bind|could not create any TCP\/IP sockets/.test(output)
    ? new PortTaken(fact, 'Try again.')
    : new ServerFailure(fact, remedyFor(output));
}
