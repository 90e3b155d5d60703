import type { Socket } from 'node:net';
import { type Endpoint, endpointOf } from './endpoint.js';
import { ServerFailure } from './failure.js';
import type { KeeperOrder } from './keeper-order.js';
import { launchKeeper } from './launch.js';
import { greet, type News } from './wire.js';

/** An open socket to the keeper: the server runs while there is one. */
export interface Lease {
  readonly socket: Socket;
  readonly port: number;
  /** Whether the keeper said that it is about to end, and did not just vanish. */
  readonly dismissed: () => boolean;
}

/** A keeper may be on its way out, or two start at the same time: then it takes another look. */
const ATTEMPTS = 10;

/**
 * Leases the server of a state folder, starting its keeper when there is none.
 *
 * @returns once Postgres accepts connections
 * @throws {ServerFailure}
 */
export async function takeLease(order: KeeperOrder): Promise<Lease> {
  const endpoint = endpointOf(order.folder);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const lease = await askKeeper(endpoint);
    if (lease) return lease;
    await launchKeeper(order);
  }
  throw new ServerFailure(
    `Each keeper for "${order.folder}" ended before its server was ready.`,
    'Look for what stops it, then try again.',
  );
}

async function askKeeper(endpoint: Endpoint): Promise<Lease | undefined> {
  for (const port of endpoint.ports) {
    const lease = await askAt(endpoint, port);
    if (lease) return lease;
  }
  return undefined;
}

function askAt(endpoint: Endpoint, keeperPort: number): Promise<Lease | undefined> {
  return new Promise((resolve, reject) => {
    let latest: News | undefined;
    let socket: Socket | undefined;
    const dismissed = () => latest?.state === 'stopping' || latest?.state === 'failed';
    const decide = () => {
      if (latest?.state === 'failed') reject(new ServerFailure(latest.fact, latest.remedy));
      if (latest?.state === 'ready' && socket) resolve({ socket, port: latest.port, dismissed });
    };
    const greeted = greet(endpoint, keeperPort, 'lease', (news) => {
      latest = news;
      decide();
    });
    void greeted.then((found) => {
      if (!found || found.destroyed) return resolve(undefined);
      socket = found.once('close', () => resolve(undefined));
      decide();
    });
  });
}
