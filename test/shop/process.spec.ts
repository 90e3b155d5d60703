import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { emptyTables } from '../support/test-app.js';
import { roleUrl, testProject } from '../support/test-project.js';
import { waitFor } from '../support/wait-for.js';
import {
  type AppProcess,
  killProcess,
  runAppProcess,
  startAppProcess,
} from '../platform/app-process.js';
import { asOwner, holdLock } from '../platform/held-lock.js';

const [one = '', other = ''] = testProject().modules;
const urlOf = (module: string) => `${module.toUpperCase()}_DATABASE_URL`;
const OUR_FILES = /node_modules|\n\s+at /;

// only: orders
describe('the process, told to end', () => {
  let app: AppProcess;
  let customerId: string;

  beforeAll(async () => {
    await emptyTables(...testProject().modules);
    app = await startAppProcess();
    const made = await app.send('POST', '/customers', { name: 'Ada', email: 'ada@example.com' });
    customerId = made.body.id;
    const price = { amount: 1, currency: 'EUR' };
    await app.send('POST', '/products', { sku: 'LAMP', name: 'Lamp', price });
    await app.send('PUT', '/stock/LAMP', { onHand: 5 });
  });
  afterAll(async () => {
    await killProcess(app);
    // Nobody else is to go on with what it left.
    await emptyTables(...testProject().modules);
  });

  it('finishes the request in flight, takes no new one, and ends; its work is left to others', async () => {
    const lock = await holdLock('orders', 'lock table order_lines in share mode');
    const lines = [{ sku: 'LAMP', quantity: 1 }];
    const inFlight = app.send('POST', '/orders', { customerId, lines });
    await lock.waiters('orders');

    app.child.kill('SIGTERM');
    await waitFor(async () => (await connecting(app.url)) === 'ECONNREFUSED');
    expect(app.child.exitCode ?? app.child.signalCode).toBeNull();

    await lock.release();
    expect(await inFlight).toMatchObject({ status: 201, body: { lines } });
    const { code, signal, stderr } = await app.ended;
    expect([0, 'SIGTERM']).toContain(code ?? signal);
    expect(stderr).toBe('');
    expect(await asOwner('orders', 'select status from orders')).toEqual([{ status: 'pending' }]);
    expect(await asOwner('orders', 'select name, state, holder from saga')).toEqual([
      { name: 'place-order', state: 'running', holder: null },
    ]);
  });
});
// only: end

describe('the process does not start, with the exit code 1 and no trace of its inside,', () => {
  it('when its port is taken, and says which', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const { code, stderr, stdout } = await runAppProcess({ PORT: String(port) });
    await new Promise((resolve) => other.close(resolve));
    expect(code).toBe(1);
    expect(stderr).toContain(`The port ${port} is taken by another program.`);
    expect(stderr).not.toMatch(OUR_FILES);
    expect(stdout).toBe('');
  });

  it('when its configuration is wrong, be it in .env, and names all faults at once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'process-'));
    writeFileSync(join(folder, '.env'), 'PORT=80\nPOOL_SIZE=none\n');
    const { code, stderr } = await runAppProcess(
      { PORT: 'http', [urlOf(one)]: '', [urlOf(other)]: 'x:hunter2' },
      folder,
    );
    rmSync(folder, { recursive: true });
    expect(code).toBe(1);
    expect(stderr).toContain('The configuration has 4 fault(s):');
    expect(stderr).toContain('PORT is "http"');
    expect(stderr).toContain('POOL_SIZE is "none"');
    expect(stderr).toContain(`${urlOf(one)} is not set`);
    expect(stderr).toContain(`${urlOf(other)} is what it holds`);
    expect(stderr).not.toMatch(OUR_FILES);
    expect(stderr).not.toContain('hunter2');
  });

  it('when a migration is pending, and names it', async () => {
    const owner = new pg.Client({ connectionString: roleUrl(one, 'owner') });
    await owner.connect();
    await owner.query('alter table _prisma_migrations rename to elsewhere');
    const { code, stderr } = await runAppProcess({});
    await owner.query('alter table elsewhere rename to _prisma_migrations');
    await owner.end();
    expect(code).toBe(1);
    expect(stderr).toContain('The app does not start, for 1 reason(s):');
    expect(stderr).toContain(`${one}: the migration "20260105090000_init" is pending`);
    expect(stderr).not.toMatch(OUR_FILES);
  });
});

// only: orders
/** What comes of a new connection. */
const connecting = (url: string) =>
  new Promise<string>((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve('connected');
    });
    socket.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code ?? ''));
  });
// only: end
