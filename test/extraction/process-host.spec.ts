import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { processFault } from '../../scripts/lib/extraction/process/process-host.js';
import { actOnProcess } from '../../scripts/lib/extraction/process/process-part.js';

let server: Server | undefined;
afterEach(() => {
  server?.close();
  server = undefined;
});

/** A process that answers two addresses: its health, and what only its internal listener has. */
async function processWith(modules: unknown, internal = 401): Promise<string> {
  server = createServer((request, response) => {
    const isHealth = request.url === '/health/ready';
    response.statusCode = isHealth ? 503 : internal;
    response.end(JSON.stringify(isHealth ? { status: 'down', modules } : {}));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const faultOf = async (url: string) => {
  const { message, remedy } = (await processFault(url, 'boats')) ?? {};
  return { message: message?.replace(url, '<url>'), remedy: remedy?.replace(url, '<url>') };
};

describe('the process that is to host a module', () => {
  it('is accepted when other processes reach the module there, whatever else it hosts', async () => {
    const url = await processWith({ boats: 'up', crew: 'down' });
    expect(await processFault(url, 'boats')).toBeUndefined();
  });

  it('is refused when nobody is there', async () => {
    const url = await processWith({});
    server?.close();
    expect(await faultOf(url)).toEqual({
      message: `Nobody answers at <url> as a process of this project does: connect ECONNREFUSED ${url.slice(7)}.`,
      remedy: 'Start it first: npm run extract-module -- boats prepare --only process',
    });
  });

  it('is refused when it hosts something else', async () => {
    expect(await faultOf(await processWith({ crew: 'up', sails: 'up' }))).toEqual({
      message: 'The process at <url> hosts crew, sails, and not "boats".',
      remedy: 'Tell it MODULES=boats, or give the URL of one that hosts it.',
    });
    server?.close();
    const { message } = await faultOf(await processWith('all'));
    expect(message).toBe('The process at <url> hosts no module, and not "boats".');
  });

  it('is refused when its database does not answer', async () => {
    expect(await faultOf(await processWith({ boats: 'down' }))).toEqual({
      message: 'The process at <url> hosts "boats", whose database does not answer it.',
      remedy: 'curl <url>/health/ready says "up" when it does; then repeat the command.',
    });
  });

  it('is refused at its public address, where no other process gets in', async () => {
    expect(await faultOf(await processWith({ boats: 'up' }, 404))).toEqual({
      message: '<url> is the public address of the process that hosts "boats".',
      remedy: 'Give the one of its internal listener: INTERNAL_HOST and INTERNAL_PORT.',
    });
  });
});

describe('a dry run of what leads to a process', () => {
  /** With a database that nobody reaches. */
  async function wouldDo(verb: 'cutover' | 'rollback', url?: string): Promise<unknown[]> {
    let told: unknown[] = [];
    await actOnProcess(verb, {
      project: {
        adminUrl: 'postgres://nobody@127.0.0.1:9/none',
        ...{ secret: 's'.repeat(32), name: 'fleet', modules: ['boats', 'crew'] },
      },
      ...{ manifests: [], module: 'boats', url, dryRun: true },
      tell: (...words) => void (told = words),
    });
    return told;
  }

  it('says what it would do, not that it was done', async () => {
    const url = await processWith({ boats: 'up' });
    const step = `write in platform.placement that "boats" is at ${url}, and tell all processes`;
    expect(await wouldDo('cutover', url)).toEqual([
      { verb: 'cutover', steps: [step] },
      `cutover would:\n  - ${step}\n`,
    ]);
    expect(await wouldDo('rollback')).toEqual([
      { verb: 'rollback', steps: [expect.stringContaining('where the configuration')] },
      expect.stringMatching(/^rollback would:\n {2}- write in platform.placement that "boats" is/),
    ]);
  });

  it('is refused what the real one is refused', async () => {
    const url = await processWith({ crew: 'up' });
    await expect(wouldDo('cutover', url)).rejects.toThrow('hosts crew, and not "boats"');
  });
});
