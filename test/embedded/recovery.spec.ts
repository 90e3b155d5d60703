import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { acquireEmbedded, type EmbeddedLease } from '../../scripts/lib/embedded/index.js';
import { waitFor } from '../support/wait-for.js';
import {
  ask,
  isRunning,
  keeperPid,
  newFolder,
  postmasterPid,
  removeFolder,
  watchOf,
} from './support.js';

const folder = newFolder();
const data = join(folder, 'data');
let lease: EmbeddedLease;

const keeper = () => waitFor(() => keeperPid(folder));
const drafts = () => readdirSync(folder).filter((entry) => entry.startsWith('draft-'));
const newServer = (old: number) =>
  waitFor(async () => (await ask(lease.url, 'SELECT 1')) === 1 && postmasterPid(data) !== old);

beforeAll(async () => {
  const pending = acquireEmbedded({ folder });
  await waitFor(() => existsSync(folder) && drafts().length > 0);
  process.kill(await keeper(), 'SIGKILL');
  lease = await pending;
});

afterAll(async () => {
  await lease?.release();
  removeFolder(folder);
});

describe('the embedded server', () => {
  it('is made afresh when its making was killed half-way', async () => {
    expect(await ask(lease.url, 'SELECT 1')).toBe(1);
    expect(drafts()).toEqual([]);
  });

  it('comes back on the same port when it was killed', async () => {
    const [url, pid] = [lease.url, postmasterPid(data)];
    process.kill(pid, 'SIGKILL');
    await newServer(pid);
    expect(lease.url).toBe(url);
  });

  it('ends when its keeper is killed, and comes back with a new one', async () => {
    const [url, pid, killed] = [lease.url, postmasterPid(data), await keeper()];
    process.kill(killed, 'SIGKILL');
    await newServer(pid);
    expect(isRunning(pid)).toBe(false);
    expect(await keeper()).not.toBe(killed);
    expect(lease.url).toBe(url);
  });

  it('is taken over when its keeper and the watch are killed', async () => {
    const [pid, killed] = [postmasterPid(data), await keeper()];
    process.kill(await waitFor(() => watchOf(pid)), 'SIGKILL');
    process.kill(killed, 'SIGKILL');
    await newServer(pid);
    expect(isRunning(pid)).toBe(false);
  });

  it('starts over a pid file that names another running program', async () => {
    await lease.release();
    const port = new URL(lease.url).port;
    writeFileSync(
      join(data, 'postmaster.pid'),
      `${process.pid}\n${data}\n1750000000\n${port}\n\n127.0.0.1\n1 1\nready   \n`,
    );
    lease = await acquireEmbedded({ folder });
    expect(await ask(lease.url, 'SELECT 1')).toBe(1);
  });
});
