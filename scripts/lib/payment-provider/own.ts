import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Environment, processEnvironment } from '#config';
import { CliError } from '../cli.js';
import { createOnce } from '../create-once.js';
import { randomPort } from '../embedded/ports.js';
import { rootFolder } from '../project.js';

const NODE_ARGUMENTS = [
  '--conditions=bulkhead-source',
  `--import=${new URL('../typescript.mjs', import.meta.url).href}`,
  join(rootFolder, 'scripts/payment-provider.ts'),
];

/** What the app is told of the provider that was started for it. */
export interface OwnProvider {
  readonly environment: Environment;
  release(): void;
}

/**
 * Starts the simulated payment provider as a process of its own, which ends with this one however
 * that ends. Of several apps of one clone, each has one; the first that gets the clone's port
 * serves them all, and another one goes on with its books when it is gone.
 *
 * @param options.folder absolute path of where its port and its books are kept; made when missing
 * @param options.secret the clone's, from which the provider's are derived
 * @param options.webhooks where the provider tells what became of payments, if that is known
 * @param options.patienceMs how long it may take to start, on a busy machine
 * @throws {CliError} when it does not answer
 */
export async function startOwnProvider({
  folder,
  secret,
  webhooks,
  patienceMs = 20_000,
}: {
  folder: string;
  secret: string;
  webhooks?: string | undefined;
  patienceMs?: number;
}): Promise<OwnProvider> {
  mkdirSync(folder, { recursive: true });
  const portFile = join(folder, 'port');
  const port = createOnce(portFile, String(randomPort()));
  const environment = {
    BILLING_PROVIDER_URL: `http://127.0.0.1:${port}`,
    BILLING_PROVIDER_KEY: derived(secret, 'key'),
    BILLING_WEBHOOK_SECRET: derived(secret, 'webhooks'),
  };
  const own = ['--standby', '--port', port, '--books', join(folder, 'books.jsonl')];
  const child = spawn(
    process.execPath,
    [...NODE_ARGUMENTS, ...own, ...(webhooks === undefined ? [] : ['--webhooks', webhooks])],
    {
      cwd: rootFolder,
      // In a session of its own: the terminal's Ctrl-C is for the app, which may still be charging.
      detached: true,
      env: { ...processEnvironment(), ...environment, NODE_OPTIONS: '' },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  );
  child.unref();
  child.channel?.unref();
  const release = () => child.connected && child.disconnect();
  if (await answersWithin(patienceMs, environment)) return { environment, release };
  release();
  throw new CliError(
    `The simulated payment provider does not answer on ${environment.BILLING_PROVIDER_URL}.`,
    `Stop what has that port or remove "${portFile}", or set BILLING_PROVIDER_URL to another provider.`,
    2,
  );
}

async function answersWithin(patienceMs: number, environment: Environment): Promise<boolean> {
  const { BILLING_PROVIDER_URL: url, BILLING_PROVIDER_KEY: key } = environment;
  const deadline = Date.now() + patienceMs;
  while (Date.now() < deadline) {
    const headers = { authorization: `Bearer ${key}` };
    const ours = await fetch(`${url}/books`, { headers, signal: AbortSignal.timeout(2_000) }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ours) return true;
    await pause(20);
  }
  return false;
}

const derived = (secret: string, purpose: string) =>
  createHmac('sha256', secret).update(`payment-provider:${purpose}`).digest('base64url');
