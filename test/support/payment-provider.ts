import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '#config';
import type { Payment } from '../../scripts/lib/payment-provider/books.js';
import type { Control } from '../../scripts/lib/payment-provider/misbehaviour.js';
import { rootFolder } from '../../scripts/lib/project.js';
import { sender } from './sender.js';
import { waitFor } from './wait-for.js';

const KEY = 'the key of the simulated one'.padEnd(32, '.');
export const WEBHOOK_SECRET = 'the secret of its webhooks'.padEnd(32, '.');

/** As the script "payment-provider" of package.json. */
const COMMAND = [
  '--conditions=bulkhead-source',
  `--import=${rootFolder}/scripts/lib/typescript.mjs`,
  `${rootFolder}/scripts/payment-provider.ts`,
];

/** The simulated payment provider, a process of its own with books of its own. */
export class TestPaymentProvider {
  private constructor(
    private child: ChildProcess,
    readonly url: string,
    readonly folder: string,
  ) {}

  static async start(): Promise<TestPaymentProvider> {
    const folder = mkdtempSync(join(tmpdir(), 'payments-'));
    const { child, url } = await launch(folder, '0');
    return new TestPaymentProvider(child, url, folder);
  }

  /** What an app is told of it. */
  get environment(): Environment {
    return {
      BILLING_PROVIDER_URL: this.url,
      BILLING_PROVIDER_KEY: KEY,
      BILLING_WEBHOOK_SECRET: WEBHOOK_SECRET,
    };
  }

  get booksFile(): string {
    return join(this.folder, 'books.jsonl');
  }

  send(method: string, path: string, body?: unknown, key = KEY) {
    return sender(this.url)(method, path, body, { authorization: `Bearer ${key}` });
  }

  /** Decides what goes wrong. */
  async control(control: Control): Promise<void> {
    const { status, body } = await this.send('POST', '/control', control);
    if (status !== 200) throw new Error(JSON.stringify(body));
  }

  async books(): Promise<{ payments: Payment[]; balance: Record<string, number> }> {
    return (await this.send('GET', '/books')).body;
  }

  async payment(key: string): Promise<Payment | undefined> {
    return (await this.books()).payments.find((payment) => payment.key === key);
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }

  /** Starts it again, at the same address and with the same books. */
  async restart(): Promise<void> {
    this.child = (await launch(this.folder, new URL(this.url).port)).child;
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true });
  }
}

async function launch(folder: string, port: string) {
  const options = ['--port', port, '--books', join(folder, 'books.jsonl')];
  const child = spawn(process.execPath, [...COMMAND, ...options], {
    cwd: rootFolder,
    env: {
      PATH: process.env['PATH'],
      BILLING_PROVIDER_KEY: KEY,
      BILLING_WEBHOOK_SECRET: WEBHOOK_SECRET,
    },
    // Not inherited: left behind by a killed test, its output would keep jest from ending. By the
    // channel it notices when this process is gone.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const url = await waitFor(() => /http:\S+/.exec(said)?.[0]);
  return { child, url };
}
