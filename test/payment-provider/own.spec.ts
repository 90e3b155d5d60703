import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startOwnProvider } from '../../scripts/lib/payment-provider/own.js';
import { rootFolder } from '../../scripts/lib/project.js';
import { sender } from '../support/sender.js';
import { waitFor } from '../support/wait-for.js';

let folder: string;
const holders: ChildProcess[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'payments-'));
});
afterAll(async () => {
  await Promise.all(holders.map((holder) => kill(holder)));
  rmSync(folder, { recursive: true });
});

/** An app's part: a process for which a provider is started. */
async function hold() {
  const child = spawn(
    process.execPath,
    [
      '--conditions=bulkhead-source',
      `--import=${rootFolder}/scripts/lib/typescript.mjs`,
      `${rootFolder}/test/payment-provider/holder.ts`,
      folder,
    ],
    { cwd: rootFolder, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  holders.push(child);
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const line = await waitFor(() => /.+\n/.exec(said)?.[0]);
  const { BILLING_PROVIDER_URL: url, BILLING_PROVIDER_KEY: key } = JSON.parse(line);
  const send = sender(url);
  return {
    child,
    send: (method: string, path: string, body?: unknown) =>
      send(method, path, body, { authorization: `Bearer ${key}` }),
  };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

describe("the provider that comes with the app's process", () => {
  it('ends with it, however it ends; another one goes on with the books', async () => {
    const first = await hold();
    const second = await hold();
    const payment = { key: 'k', amount: 5, currency: 'EUR', orderId: 'o' };
    const paid = await first.send('POST', '/payments', payment);
    expect(await second.send('POST', '/payments', payment)).toMatchObject({ body: paid.body });
    await kill(first.child);
    await waitFor(async () => {
      const { body } = await second.send('GET', '/books');
      return body.payments.length === 1 && body.balance.EUR === 5;
    });
    expect((await second.send('POST', '/payments', payment)).body).toEqual(paid.body);
    await kill(second.child);
    await waitFor(async () =>
      second.send('GET', '/books').then(
        () => false,
        () => true,
      ),
    );
  });

  it('keeps its books to itself', () => {
    expect(statSync(join(folder, 'books.jsonl')).mode & 0o077).toBe(0);
  });

  it('is missed with a remedy when a stranger has its port', async () => {
    const port = Number(readFileSync(join(folder, 'port'), 'utf8'));
    const stranger = createServer((_request, response) => response.writeHead(404).end());
    await new Promise<void>((resolve) => stranger.listen(port, '127.0.0.1', resolve));
    await expect(startOwnProvider({ folder, secret: 's', patienceMs: 300 })).rejects.toMatchObject({
      message: `The simulated payment provider does not answer on http://127.0.0.1:${port}.`,
      remedy: expect.stringContaining('or set BILLING_PROVIDER_URL'),
    });
    await new Promise((resolve) => stranger.close(resolve));
  });
});
