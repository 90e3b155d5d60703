import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * What happens to a request, or to its answer, on the way:
 * - `late`: it arrives after a pause
 * - `lost`: the connection is reset before it arrives
 * - `unanswered`: it arrives, and the connection is reset instead of the answer
 * - `truncated`: half of the first piece of the answer, then the connection ends as if in order
 * - `doubled`: the first piece of the answer comes twice
 * - `repeated`: it arrives twice, and one answer comes back
 * - `swallowed`: it does not arrive, and the connection stays open
 * - `half-open`: it arrives, nothing comes back, and the connection stays open
 */
export const FAULTS = [
  'late',
  'lost',
  'unanswered',
  'truncated',
  'doubled',
  'repeated',
  'swallowed',
  'half-open',
] as const;

export type Fault = (typeof FAULTS)[number];

/** Milliseconds by which a `late` request is delayed. */
const LATE = 150;

/** Decides what happens to the next request; undefined for nothing. */
export type Fate = () => Fault | undefined;

const spared: Fate = () => undefined;

/**
 * A network between two processes: a TCP proxy in front of one of them, which has an address before
 * that one has, and at which it may be moved, away, or hard to reach.
 */
export class Network {
  /** What each request that comes from now on meets. */
  fate: Fate = spared;
  /** How many requests met each fault. */
  readonly met = new Map<Fault, number>();
  /** How many connections there were. */
  connections = 0;
  /** How many requests came, by the first two words of their paths. */
  readonly requests = new Map<string, number>();
  private target: number | undefined;
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {
    server.on('connection', (client) => this.accept(client));
  }

  static async open(): Promise<Network> {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new Network(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /**
   * Where the process listens now; undefined while it is away.
   *
   * @param from only if it pointed there: who is late to say that it is gone moves nobody else
   */
  pointAt(port: number | undefined, from = this.target): void {
    if (this.target === from) this.target = port;
  }

  /** Lets the next requests meet these, and those behind them nothing. */
  meetNext(...faults: Fault[]): void {
    const left = [...faults];
    this.fate = () => left.shift();
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private accept(client: Socket): void {
    const { target } = this;
    this.connections += 1;
    this.keep(client);
    if (target === undefined) return void client.resetAndDestroy();
    const upstream = this.keep(connect(target, '127.0.0.1'));
    // A request begins with what comes after an answer; its other pieces share its fate.
    let between = true;
    let fault: Fault | undefined;
    let delayed = Promise.resolve();
    client.on('data', (piece: Buffer) => {
      if (between) {
        this.count(piece);
        fault = this.decide();
      }
      between = false;
      if (fault === 'lost') return cut(client, upstream);
      if (fault === 'swallowed') return;
      if (fault === 'late') delayed = delayed.then(() => pause(LATE));
      if (fault === 'repeated') this.repeat(target, piece);
      void delayed.then(() => upstream.write(piece));
    });
    upstream.on('data', (piece: Buffer) => {
      const first = !between;
      between = true;
      if (!first || fault === undefined) return void client.write(piece);
      answer(fault, piece, client, upstream);
    });
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  }

  private count(piece: Buffer): void {
    const path = /^\w+ ((?:\/[^/? ]*){1,2})/.exec(piece.toString('latin1', 0, 200))?.[1] ?? '';
    this.requests.set(path, (this.requests.get(path) ?? 0) + 1);
  }

  private decide(): Fault | undefined {
    const fault = this.fate();
    if (fault) this.met.set(fault, (this.met.get(fault) ?? 0) + 1);
    return fault;
  }

  /** Sends the same bytes on a connection of their own; what is answered is of no interest. */
  private repeat(target: number, piece: Buffer): void {
    const again = this.keep(connect(target, '127.0.0.1'));
    again.write(piece);
    again.once('data', () => again.destroy());
  }

  private keep(socket: Socket): Socket {
    this.sockets.add(socket);
    socket.setNoDelay();
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.sockets.delete(socket));
    return socket;
  }
}

function answer(fault: Fault, piece: Buffer, client: Socket, upstream: Socket): void {
  if (fault === 'unanswered') return cut(client, upstream);
  if (fault === 'half-open') return;
  if (fault === 'truncated') {
    client.end(piece.subarray(0, Math.floor(piece.length / 2)));
    upstream.destroy();
    return;
  }
  client.write(piece);
  if (fault === 'doubled') client.write(piece);
}

function cut(client: Socket, upstream: Socket): void {
  client.resetAndDestroy();
  upstream.destroy();
}
