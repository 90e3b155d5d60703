import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** Milliseconds for which nobody waits: a timer is not that exact. */
const GRAIN = 5;

/** A way to a server on which what comes from it travels no faster than a rate. */
export interface ThrottledWay {
  /** The server's URL by this way. */
  readonly url: string;
  /** Lets nobody in any more, and resolves when all have gone; after so many milliseconds they are sent away. */
  close(patience: number): Promise<void>;
}

/**
 * Opens a way to a server through this process. Replication has no rate of its own; it reads, sends
 * and writes no faster than what comes through, since each of them waits for the next.
 *
 * @param url of the server
 * @param address of this machine, as the one that is to connect reaches it
 * @param rate bytes per second, over all connections together
 */
export async function openThrottledWay(
  url: string,
  address: string,
  rate: number,
): Promise<ThrottledWay> {
  const { hostname, port } = new URL(url);
  const slowed = throttle(rate);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port || 5432), hostname.replace(/^\[|\]$/g, ''));
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    }
    const ended = () => [client, upstream].forEach((socket) => socket.destroy());
    pipeline(client, upstream).catch(ended);
    pipeline(upstream, slowed, client).catch(ended);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, address, resolve);
  });
  const way = new URL(url);
  way.port = String((server.address() as AddressInfo).port);
  // The name stays, by which a certificate is checked.
  way.searchParams.set('hostaddr', address);
  return {
    url: way.href,
    close: async (patience) => {
      const late = setTimeout(() => sockets.forEach((socket) => socket.destroy()), patience);
      await new Promise((resolve) => server.close(resolve));
      clearTimeout(late);
    },
  };
}

/** Passes chunks on, each when the ones before it have had their time. */
export function throttle(rate: number): (source: AsyncIterable<Buffer>) => AsyncIterable<Buffer> {
  let next = 0;
  return async function* (source) {
    for await (const chunk of source) {
      const start = Math.max(next, performance.now());
      next = start + (chunk.length / rate) * 1000;
      const wait = start - performance.now();
      if (wait > GRAIN) await pause(wait);
      yield chunk;
    }
  };
}
