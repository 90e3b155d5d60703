import pg from 'pg';

/** Milliseconds for which those that nobody has taken are kept after the move. */
const KEPT = 10_000;

/**
 * Connections to where a module's rows are about to be, opened while they are still elsewhere: to
 * log in takes longer than all the rest of a move's pause.
 */
export class ReadyConnections {
  private url: string | undefined;
  private clients: pg.Client[] = [];

  /** Of which a pool makes its connections: one that is ready comes first. */
  readonly Client = new Proxy(pg.Client, {
    construct: (Client, [config]: [pg.ClientConfig]) => this.take(config) ?? new Client(config),
  });

  constructor(private readonly options: pg.ClientConfig) {}

  /** Opens connections to a place, and closes those to any other. */
  async prepare(url: string, count: number): Promise<void> {
    if (url === this.url) return;
    this.drop();
    this.url = url;
    await Promise.all(Array.from({ length: count }, () => this.open(url)));
  }

  /** Whether there are any, and not to this place. */
  leadsElsewhere(url: string): boolean {
    return this.url !== undefined && this.url !== url;
  }

  /** Says that the rows are there now. Who needs a connection takes one of these. */
  arrive(): void {
    const { clients } = this;
    setTimeout(() => close(clients), KEPT).unref();
  }

  drop(): void {
    close(this.clients);
    this.clients = [];
    this.url = undefined;
  }

  private async open(url: string): Promise<void> {
    const { clients } = this;
    const client = new pg.Client({ ...this.options, connectionString: url });
    client.on('error', () => {
      const index = clients.indexOf(client);
      if (index >= 0) clients.splice(index, 1);
    });
    try {
      await client.connect();
    } catch {
      // Perhaps the role has too many now. Nobody who works is to go without for these.
      return close(clients);
    }
    // Others may be wanted by now, or none.
    if (this.clients !== clients) return client.end();
    clients.push(client);
  }

  private take({ connectionString }: pg.ClientConfig): pg.Client | undefined {
    const client = connectionString === this.url ? this.clients.pop() : undefined;
    // The pool connects what it has made.
    if (client) client.connect = ((done: () => void) => process.nextTick(done)) as never;
    return client;
  }
}

function close(clients: pg.Client[]): void {
  for (const client of clients.splice(0)) void client.end();
}
