import { connect, type Socket } from 'node:net';
import type { Endpoint } from './endpoint.js';

/** What a client says first. A probe only asks who is there; a lease keeps the server running. */
export interface Hello {
  readonly token: string;
  readonly purpose: 'lease' | 'probe';
}

/** What the keeper says: its state at once, then every change of it. */
export type News =
  | { readonly state: 'candidate' | 'starting' | 'stopping' }
  | { readonly state: 'ready'; readonly port: number }
  | { readonly state: 'failed'; readonly fact: string; readonly remedy: string };

/** A keeper may be starved on a busy machine, and taking it for a stranger would be costly. */
const PATIENCE_MS = 10_000;
const LONGEST_LINE = 100_000;

export const send = (socket: Socket, message: Hello | News): boolean =>
  socket.write(`${JSON.stringify(message)}\n`);

/** Hands over every JSON line; whoever sends anything else is hung up on. */
export function receive<Message>(socket: Socket, handle: (message: Message) => void): void {
  let rest = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    try {
      if (rest.length > LONGEST_LINE) throw new Error('This is not our protocol.');
      for (const line of lines) handle(JSON.parse(line) as Message);
    } catch {
      socket.destroy();
    }
  });
}

/**
 * Greets whoever listens on a port.
 *
 * @param hear is given each piece of news, the first one included
 * @returns the open socket, or undefined when nobody of ours answers
 */
export function greet(
  { token }: Endpoint,
  port: number,
  purpose: Hello['purpose'],
  hear: (news: News) => void,
): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    const strangers = setTimeout(() => socket.destroy(), PATIENCE_MS);
    socket.once('connect', () => send(socket, { token, purpose }));
    socket.on('error', () => socket.destroy());
    socket.once('end', () => socket.end());
    socket.once('close', () => {
      clearTimeout(strangers);
      resolve(undefined);
    });
    receive<News>(socket, (news) => {
      if (typeof news.state !== 'string') throw new Error('This is not our protocol.');
      clearTimeout(strangers);
      hear(news);
      resolve(socket);
    });
  });
}
