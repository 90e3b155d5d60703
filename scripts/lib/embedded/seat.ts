import type { Server, Socket } from 'node:net';
import type { Endpoint } from './endpoint.js';
import { ServerFailure } from './failure.js';
import { listenOn } from './ports.js';
import { greet } from './wire.js';

/**
 * Becomes the one keeper of an endpoint. The kernel gives the seat back when the process ends.
 *
 * Two may sit down on different ports when a stranger took or left one in between. Each binds first
 * and looks at the other ports afterwards, so at least one sees the other, and the lower port wins.
 *
 * @param accept called for each connection, also before the seat is certain
 * @returns the listening server, or undefined when there is a keeper already
 * @throws {ServerFailure} when strangers have every port
 */
export async function takeSeat(
  endpoint: Endpoint,
  accept: (socket: Socket) => void,
): Promise<Server | undefined> {
  for (const [index, port] of endpoint.ports.entries()) {
    const server = await listenOn(port);
    if (server) {
      server.on('connection', accept);
      if (!(await someoneElseKeeps(endpoint, index))) return server;
      server.close();
      return undefined;
    }
    if (await keeps(endpoint, port, 'anybody')) return undefined;
  }
  throw new ServerFailure(
    `Other programs have all of the ports ${endpoint.ports.join(', ')}.`,
    'Stop one of them, or remove the keeper-*.json next to the log while no app is running.',
  );
}

async function someoneElseKeeps(endpoint: Endpoint, own: number): Promise<boolean> {
  for (const [index, port] of endpoint.ports.entries()) {
    if (index === own) continue;
    if (await keeps(endpoint, port, index < own ? 'anybody' : 'settled')) return true;
  }
  return false;
}

/** Waits for a candidate to settle or to leave, where a candidate does not count. */
async function keeps(
  endpoint: Endpoint,
  port: number,
  who: 'anybody' | 'settled',
): Promise<boolean> {
  let settle: () => void;
  let settled = false;
  const decided = new Promise<void>((resolve) => (settle = resolve));
  const socket = await greet(endpoint, port, 'probe', ({ state }) => {
    settled = state !== 'candidate';
    if (settled) settle();
  });
  if (!socket) return false;
  socket.once('close', () => settle());
  if (who === 'settled' && !socket.destroyed) await decided;
  socket.destroy();
  return who === 'anybody' || settled;
}
