import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { acquireEmbedded, pinPort, retire } from '../../scripts/lib/embedded/index.js';
import { ask, newFolder, removeFolder } from './support.js';

const folder = newFolder();
const port = () => Number(readFileSync(join(folder, 'port'), 'utf8'));

afterAll(() => removeFolder(folder));

/** Has the port of the server while it does not run. */
async function whileTaken(work: () => Promise<void>): Promise<void> {
  const stranger = createServer().listen(port(), '127.0.0.1');
  try {
    await work();
  } finally {
    await new Promise((resolve) => stranger.close(resolve));
  }
}

describe('the port of an embedded server', () => {
  it('is another one when a stranger has it, until somebody is told of it', async () => {
    await (await acquireEmbedded({ folder })).release();
    const first = port();
    await whileTaken(async () => (await acquireEmbedded({ folder })).release());
    expect(port()).not.toBe(first);

    pinPort(folder);
    await whileTaken(() =>
      expect(acquireEmbedded({ folder })).rejects.toMatchObject({
        message: expect.stringContaining(`has the port ${port()}`),
        remedy: expect.stringContaining(join(folder, 'pinned')),
      }),
    );
    const lease = await acquireEmbedded({ folder });
    expect(new URL(lease.url).port).toBe(String(port()));
    await lease.release();
  });

  it('and everything else goes with a server that was retired', async () => {
    const lease = await acquireEmbedded({ folder });
    retire(folder);
    expect(await ask(lease.url, 'SELECT 1')).toBe(1);
    await lease.release();
    expect(existsSync(folder)).toBe(false);
  });
});
