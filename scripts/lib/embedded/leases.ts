import type { Socket } from 'node:net';
import { type Hello, type News, receive, send } from './wire.js';

/** The keeper's side of the leases: who holds one, and what they have been told. */
export class Leases {
  readonly #listeners = new Set<Socket>();
  readonly #leases = new Set<Socket>();
  #news: News = { state: 'candidate' };

  #begin!: () => void;

  /** Resolves when there is somebody to start for, who will hear it if that fails. */
  readonly begun = new Promise<void>((resolve) => (this.#begin = resolve));

  /** @param onLast called each time when the last lease ends */
  constructor(
    private readonly token: string,
    private readonly onLast: () => void,
  ) {}

  /** Lets one connection in, if it knows the token. */
  readonly accept = (socket: Socket): void => {
    socket.on('error', () => socket.destroy());
    socket.once('end', () => this.#giveBack(socket));
    socket.once('close', () => {
      this.#listeners.delete(socket);
      this.#giveBack(socket);
    });
    receive<Hello>(socket, ({ token, purpose }) => {
      if (token !== this.token) return void socket.destroy();
      this.#listeners.add(socket);
      send(socket, this.#news);
      if (purpose !== 'lease') return;
      this.#leases.add(socket);
      this.#begin();
    });
  };

  /** Tells everybody, and everybody who comes later. */
  announce(news: News): void {
    this.#news = news;
    for (const socket of this.#listeners) if (socket.writable) send(socket, news);
  }

  /** Hangs up on everybody, once they have been sent what was announced. */
  async hangUp(): Promise<void> {
    const open = [...this.#listeners].filter((socket) => socket.writable);
    await Promise.all(open.map((socket) => new Promise<void>((resolve) => socket.end(resolve))));
  }

  /** The last to leave is answered when Postgres has ended, by hangUp; the others at once. */
  #giveBack(socket: Socket): void {
    if (!this.#leases.delete(socket)) {
      socket.end();
    } else if (this.#leases.size === 0) {
      this.onLast();
    } else {
      socket.end();
    }
  }
}
