import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/**
 * A port below the range that systems give to outgoing connections (from 32768 on Linux), so that
 * a remembered one is seldom taken by chance, and connecting to a free one cannot meet itself.
 */
export const randomPort = (): number => randomInt(20_000, 32_000);

/** Listens on a loopback port; undefined when another program has it. */
export function listenOn(port: number): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    // A lease is given back by closing one half; the answer, that Postgres has ended, is the other.
    const server = createServer({ allowHalfOpen: true });
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' || error.code === 'EACCES' ? resolve(undefined) : reject(error),
    );
    server.listen({ port, host: '127.0.0.1' }, () => resolve(server));
  });
}

/** The preferred port when it is free, else a random one that is. */
export async function freePort(preferred: number | undefined): Promise<number> {
  for (let port = preferred ?? randomPort(); ; port = randomPort()) {
    const server = await listenOn(port);
    if (!server) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}
