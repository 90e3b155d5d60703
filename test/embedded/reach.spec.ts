import { chmodSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { urlWith } from '#platform/database/names';
import { acquireEmbedded } from '../../scripts/lib/embedded/index.js';
import { ask, newFolder, removeFolder } from './support.js';

const isRoot = process.getuid?.() === 0;
const dataOf = async (url: string) => (await ask(url, 'SHOW data_directory')) as string;
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

async function expectClosed(adminUrl: string): Promise<void> {
  await ask(adminUrl, "CREATE ROLE stranger LOGIN PASSWORD 'x'");
  for (const database of ['postgres', 'template1']) {
    const url = urlWith(adminUrl, { user: 'stranger', password: 'x', database });
    await expect(ask(url, 'SELECT 1')).rejects.toThrow('permission denied for database');
  }
}

describe('the embedded server', () => {
  it('runs beside that of another clone, and lets nobody into what is its own', async () => {
    const folders = [newFolder(), newFolder()];
    const leases = await Promise.all(folders.map((folder) => acquireEmbedded({ folder })));
    const found = await Promise.all(leases.map(({ url }) => dataOf(url)));
    expect(new Set(leases.map(({ url }) => new URL(url).port)).size).toBe(2);
    expect(new Set(found).size).toBe(2);
    for (const [index, folder] of folders.entries()) {
      expect(modeOf(found[index] ?? '')).toBe('700');
      expect(modeOf(join(folder, 'password'))).toBe('600');
    }
    await expectClosed(leases[0]?.url ?? '');
    await Promise.all(leases.map((lease) => lease.release()));
    folders.forEach(removeFolder);
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
