import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { processEnvironment } from '#config';
import { waitFor } from '../../support/wait-for.js';
import { stopProcess } from '../server-process.js';
import type { Clone } from '../../support/clone.js';

const LIMIT_MS = 120_000;

/**
 * Starts a clone with `npm start`, and ends it again.
 *
 * @returns seconds until /health/ready first answered 200
 * @throws with the clone's output, when it ends before that
 */
export async function secondsToReady({ folder }: Clone): Promise<number> {
  const port = await freePort();
  const began = performance.now();
  const child = spawn('npm', ['start', '--silent'], {
    cwd: folder,
    env: { ...ownServerOnly(), PORT: String(port), HOST: '127.0.0.1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = failureOf(child);
  try {
    await Promise.race([ended, ready(`http://127.0.0.1:${port}/health/ready`)]);
    return (performance.now() - began) / 1000;
  } finally {
    await stopProcess(child);
    await waitFor(() => !existsSync(join(folder, '.data/postgres/data/postmaster.pid')), LIMIT_MS);
  }
}

/** The environment without what would point to another server, or another port. */
function ownServerOnly() {
  const { PATH, HOME, USER, TMPDIR } = processEnvironment();
  return { PATH, HOME, USER, TMPDIR };
}

const ready = (url: string) => waitFor(async () => (await fetch(url)).status === 200, LIMIT_MS);

async function failureOf(child: ChildProcess): Promise<never> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  const [code] = (await once(child, 'exit')) as [number | null];
  throw new Error(`npm start ended with ${code}:\n${output}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
