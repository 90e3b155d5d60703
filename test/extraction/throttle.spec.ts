import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { openThrottledWay, throttle } from '../../scripts/lib/extraction/throttle.js';

const CHUNK = 1_000;
const RATE = 200_000;
/** Milliseconds that a timer may be early, and for which nobody is made to wait. */
const GRAIN = 6;

describe('a throttle', () => {
  it('lets everything pass in order, and never more than its rate', async () => {
    const chunks = Array.from({ length: 40 }, (_, index) => Buffer.alloc(CHUNK, index));
    const source = (async function* () {
      yield* chunks;
    })();
    const passed: Buffer[] = [];
    const began = performance.now();
    for await (const chunk of throttle(RATE)(source)) {
      const allowed = ((performance.now() - began + GRAIN) / 1000) * RATE;
      expect(passed.length * CHUNK).toBeLessThanOrEqual(allowed);
      passed.push(chunk);
    }
    expect(passed).toEqual(chunks);
  });
});

describe('a throttled way to a server', () => {
  it('keeps its name and its user, and leads there until it is closed', async () => {
    const server = createServer((client) => {
      client.on('data', (question) => client.write(`heard ${String(question)}`));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const url = `postgres://me:secret@localhost:${port}/it`;
    const way = await openThrottledWay(url, '127.0.0.1', RATE);
    const { hostname, username, searchParams, port: other } = new URL(way.url);
    expect([hostname, username, searchParams.get('hostaddr')]).toEqual([
      'localhost',
      'me',
      '127.0.0.1',
    ]);
    const client = connect(Number(other), '127.0.0.1');
    client.write('it');
    await once(client, 'readable');
    const heard = buffer(client);
    await way.close();
    expect(String(await heard)).toBe('heard it');
    await expect(once(connect(Number(other), '127.0.0.1'), 'connect')).rejects.toThrow(
      'ECONNREFUSED',
    );
    await new Promise((resolve) => server.close(resolve));
  });
});
