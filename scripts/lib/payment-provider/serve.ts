import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { CliError } from '../cli.js';
import { Books } from './books.js';
import { paymentServer, type Secrets } from './server.js';

/** Milliseconds between two looks whether the one before has left. */
const INTERVAL = 200;

export interface ServeOptions extends Secrets {
  /** 0 for any that is free. */
  readonly port: number;
  /** Path of the file. */
  readonly books: string;
  readonly webhooks: string | undefined;
  /** Waits for its turn while another one has the port: whoever has that is the one that writes. */
  readonly standby: boolean;
}

/**
 * Opens the books and listens on loopback.
 *
 * @returns the port
 * @throws {CliError} when the port is taken, and this is no standby
 */
export async function servePayments(options: ServeOptions): Promise<number> {
  let open!: (books: Promise<Books>) => void;
  const opened = new Promise<Books>((resolve) => (open = resolve));
  const server = paymentServer(opened, options, options.webhooks);
  while (!(await listens(server, options.port))) {
    if (!options.standby) {
      throw new CliError(`The port "${options.port}" is taken.`, 'Choose another one with --port.');
    }
    await pause(INTERVAL);
  }
  // Not before the port is ours: until then, another process may write.
  open(Books.open(options.books));
  await opened;
  return (server.address() as AddressInfo).port;
}

const listens = (server: Server, port: number): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const refused = (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error);
    server.once('error', refused).listen({ port, host: '127.0.0.1' }, () => {
      server.off('error', refused);
      resolve(true);
    });
  });
