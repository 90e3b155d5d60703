import { Logger } from '@nestjs/common';
import pg from 'pg';
import { type DataPlace, urlAt } from '../placement/placement-table.js';
import type { Placed } from '../placement/placement-watch.js';
import { ReadyConnections } from './ready-connections.js';

/** Milliseconds that a request waits for a free connection before the module counts as unavailable. */
export const CONNECT_TIMEOUT = 5_000;

/**
 * A module's connections, to wherever its rows are. It never holds more than its size, also while
 * it moves: an old connection is closed for each new one.
 */
export class ModulePool extends pg.Pool implements Placed {
  /** Of the move that brought the rows where they are. */
  epoch = 0;
  /** Resolves when the rows have moved next. */
  moved: Promise<void>;
  private tellMoved!: () => void;
  /** Where it connects to: what of a client tells it apart from one to another place. */
  private here: string;
  /** To where the rows are to be next. */
  private readonly ready: ReadyConnections;
  /** To the home database, while the rows are elsewhere. */
  private home: pg.Pool | undefined;

  /** @param homeUrl the module's login URL of the configuration */
  constructor(
    readonly module: string,
    private readonly homeUrl: string,
    private readonly size: number,
  ) {
    const options = { connectionTimeoutMillis: CONNECT_TIMEOUT, application_name: module };
    const ready = new ReadyConnections(options);
    super({ ...options, connectionString: homeUrl, max: size, Client: ready.Client });
    this.ready = ready;
    this.here = placeOf(new pg.Client(homeUrl));
    this.moved = this.nextMove();
    endureLosses(this, module);
    // Said before the pool decides what to do with it: one that is ending is not kept.
    this.on('release', (_, client) => {
      if (placeOf(client) !== this.here) void client.end();
    });
  }

  get url(): string {
    return this.options.connectionString as string;
  }

  /** Connections at most. */
  get most(): number {
    return this.options.max;
  }

  get isAtHome(): boolean {
    return this.url === this.homeUrl;
  }

  /** Asks the home database, through the pool itself while that is there. */
  askHome(text: string): Promise<pg.QueryResult<DataPlace>> {
    return (this.isAtHome ? this : this.homePool()).query<DataPlace>(text);
  }

  /**
   * Connects to another place from now on. Whoever has a connection keeps it until it is given back;
   * whoever waits for one gets a new one, or one that was made ready when the move was announced.
   */
  place({ epoch, database, nextEpoch, nextDatabase }: DataPlace): void {
    if (epoch > this.epoch) {
      this.epoch = epoch;
      const url = urlAt(this.homeUrl, database);
      if (url !== this.url) return this.moveTo(url);
    }
    if (nextEpoch != null && nextEpoch > this.epoch) {
      const next = urlAt(this.homeUrl, nextDatabase ?? null);
      void this.ready.prepare(next, Math.min(this.totalCount, this.size - 1));
    } else if (this.ready.leadsElsewhere(this.url)) this.ready.drop();
  }

  private moveTo(url: string): void {
    this.options.connectionString = url;
    this.here = placeOf(new pg.Client(url));
    // One of the connections that the role may hold is at home now.
    this.options.max = this.isAtHome ? this.size : Math.max(1, this.size - 1);
    if (this.isAtHome) void this.endHome();
    this.ready.arrive();
    // Before anybody else can: who waits is served in turn, and the idle ones first.
    for (let idle = this.idleCount; idle > 0; idle -= 1) {
      this.connect().then(
        (client) => client.release(),
        () => undefined,
      );
    }
    this.tellMoved();
    this.moved = this.nextMove();
  }

  async close(): Promise<void> {
    this.ready.drop();
    await Promise.all([this.end(), this.endHome()]);
  }

  private nextMove(): Promise<void> {
    return new Promise((resolve) => {
      this.tellMoved = resolve;
    });
  }

  private homePool(): pg.Pool {
    if (this.home) return this.home;
    const { connectionTimeoutMillis, application_name } = this.options;
    const options = { connectionTimeoutMillis, application_name };
    this.home = new pg.Pool({ connectionString: this.homeUrl, max: 1, ...options });
    endureLosses(this.home, this.module);
    return this.home;
  }

  private async endHome(): Promise<void> {
    const { home } = this;
    this.home = undefined;
    await home?.end();
  }
}

const placeOf = ({ host, port, database }: pg.Client) => `${host}:${port}/${database}`;

function endureLosses(pool: pg.Pool, module: string): void {
  // Without a listener, an idle connection that the server closes would end the process.
  pool.on('error', (error) => {
    new Logger(module).warn(`an idle connection was lost: ${error.message}`);
  });
  // The same for one in use. Its user listens as soon as it is told that the connection is its own;
  // but the loss may be read from the socket together with the answer to the user before.
  pool.on('connect', (client) => client.on('error', () => undefined));
}
