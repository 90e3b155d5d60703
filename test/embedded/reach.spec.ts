import { chmodSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { urlWith } from '#platform/database/names';
import { acquireEmbedded } from '../../scripts/lib/embedded/index.js';
import { ask, newFolder, removeFolder } from './support.js';

const isRoot = process.getuid?.() === 0;
const dataOf = async (url: string) => (await ask(url, 'SHOW data_directory')) as string;
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('the embedded server', () => {
  it('runs beside that of another clone', async () => {
    const folders = [newFolder(), newFolder()];
    const leases = await Promise.all(folders.map((folder) => acquireEmbedded({ folder })));
    const found = await Promise.all(leases.map(({ url }) => dataOf(url)));
    expect(new Set(leases.map(({ url }) => new URL(url).port)).size).toBe(2);
    expect(new Set(found).size).toBe(2);
    await Promise.all(leases.map((lease) => lease.release()));
    folders.forEach(removeFolder);
  });

  it('keeps data and password to itself, and strangers out of its own databases', async () => {
    const folder = newFolder();
    const lease = await acquireEmbedded({ folder });
    expect(modeOf(await dataOf(lease.url))).toBe('700');
    expect(modeOf(join(folder, 'password'))).toBe('600');
    await ask(lease.url, "CREATE ROLE stranger LOGIN PASSWORD 'x'");
    for (const database of ['postgres', 'template1']) {
      const url = urlWith(lease.url, { user: 'stranger', password: 'x', database });
      await expect(ask(url, 'SELECT 1')).rejects.toThrow('permission denied for database');
    }
    await lease.release();
    removeFolder(folder);
  });

  // An ordinary user reaches all that it owns, so there the data stays within the clone.
  it(`keeps its data ${isRoot ? 'outside of' : 'in'} a clone that only its owner may enter`, async () => {
    const folder = newFolder();
    mkdirSync(folder);
    chmodSync(dirname(folder), 0o700);
    const first = await acquireEmbedded({ folder });
    const data = await dataOf(first.url);
    expect(data.startsWith(folder)).toBe(!isRoot);
    await first.release();
    const second = await acquireEmbedded({ folder });
    expect(await dataOf(second.url)).toBe(data);
    await second.release();
    removeFolder(folder);
    rmSync(dirname(data), { recursive: true, force: true });
  });
});
