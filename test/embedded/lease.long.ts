import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { acquireEmbedded, startScratchServer } from '../../scripts/lib/embedded/index.js';
import { waitFor } from '../support/wait-for.js';
import {
  ask,
  isRunning,
  keeperPid,
  newFolder,
  postmasterPid,
  removeFolder,
  startHolder,
} from './support.js';

const folder = newFolder();
const data = join(folder, 'data');
const runningServer = () => (existsSync(join(data, 'postmaster.pid')) ? postmasterPid(data) : 0);

afterAll(() => removeFolder(folder));

describe('a lease', () => {
  it('is given to all who ask at once, for one server', async () => {
    const leases = await Promise.all([1, 2, 3].map(() => acquireEmbedded({ folder })));
    expect(new Set(leases.map(({ url }) => url)).size).toBe(1);
    await Promise.all(leases.map((lease) => lease.release()));
    await waitFor(() => keeperPid(folder) === undefined);
  });

  it('is shared by processes, and the server outlives all but the last', async () => {
    const lease = await acquireEmbedded({ folder });
    const holder = await startHolder(folder);
    expect(holder.url).toBe(lease.url);
    const pid = runningServer();

    holder.process.kill('SIGKILL');
    await waitFor(() => holder.process.signalCode === 'SIGKILL');
    expect(await ask(lease.url, 'SELECT 1')).toBe(1);
    expect(runningServer()).toBe(pid);

    await lease.release();
    expect(isRunning(pid)).toBe(false);
  });

  it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
    'ends with its process on %s, and the server with it',
    async (signal) => {
      const holder = await startHolder(folder);
      const pid = runningServer();
      expect(isRunning(pid)).toBe(true);
      holder.process.kill(signal);
      await waitFor(() => !isRunning(pid));
    },
  );

  it('finds the same data on the same port the next time', async () => {
    const first = await acquireEmbedded({ folder });
    await ask(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.release();
    const second = await acquireEmbedded({ folder });
    expect(second.url).toBe(first.url);
    expect(await ask(second.url, 'SELECT answer FROM kept')).toBe(42);
    await second.release();
  });
});

describe('a scratch server', () => {
  it('takes settings, and leaves nothing behind', async () => {
    const lease = await startScratchServer({ settings: { max_connections: '17' } });
    const scratch = (await ask(lease.url, 'SHOW data_directory')) as string;
    expect(await ask(lease.url, 'SHOW max_connections')).toBe('17');
    expect(await ask(lease.url, 'SHOW fsync')).toBe('off');
    expect(await ask(lease.url, 'SHOW wal_level')).toBe('logical');
    await lease.release();
    expect(existsSync(join(scratch, '..'))).toBe(false);
  });

  it('leaves nothing behind when its process is killed', async () => {
    const holder = await startHolder();
    const scratch = (await ask(holder.url, 'SHOW data_directory')) as string;
    holder.process.kill('SIGKILL');
    await waitFor(() => !existsSync(join(scratch, '..')));
  });
});
