import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { openThrottledWay, throttle } from '../../scripts/lib/extraction/steps/throttle.js';

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
    await way.close(0);
    expect(String(await heard)).toBe('heard it');
    await expect(once(connect(Number(other), '127.0.0.1'), 'connect')).rejects.toThrow(
      'ECONNREFUSED',
    );
    await new Promise((resolve) => server.close(resolve));
  });

  it('lets whoever is on it leave by himself, in the time that is given', async () => {
    const server = createServer((client) => client.on('data', (asked) => client.write(asked)));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const way = await openThrottledWay(`postgres://localhost:${port}/it`, '127.0.0.1', RATE);
    const client = connect(Number(new URL(way.url).port), '127.0.0.1');
    await once(client, 'connect');
    const closing = way.close(60_000);
    for (const question of ['one', 'two']) {
      client.write(question);
      expect(String(await once(client, 'data'))).toBe(question);
    }
    client.end();
    await closing;
    await new Promise((resolve) => server.close(resolve));
  });
});
