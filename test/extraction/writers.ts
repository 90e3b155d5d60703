import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { MODULE, type MovingModule } from './moving-module.js';

interface Connection {
  readonly client: pg.Client;
  /** URL of where the module is, undefined for home. */
  readonly place: string | undefined;
}

/**
 * Writers that do what the app does at a fence: roll back, wait for another placement, and run the
 * whole transaction there. They note what was acknowledged.
 */
export class Writers {
  readonly acknowledged: string[] = [];
  readonly failures: unknown[] = [];
  /** Milliseconds of the longest wait between two of one writer's acknowledgements. */
  longestGap = 0;
  private stopped = false;
  private readonly running: Promise<void>[];
  private readonly updates = new Map<number, number>();
  private readonly connections = new Map<number, Connection>();

  constructor(
    private readonly moving: MovingModule,
    count = 4,
    /** Milliseconds that a writer rests between two transactions. */
    private readonly rest = 2,
  ) {
    this.running = Array.from({ length: count }, (_, index) => this.write(index + 1));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.running);
    for (const writer of [...this.connections.keys()]) await this.leave(writer);
    if (this.failures.length > 0) throw this.failures[0];
  }

  /** What is wrong with the rows at a place, compared with what was acknowledged. */
  async faults(url: string): Promise<string[]> {
    const entries = await this.moving.sql<{ id: string }>(`select id from ${MODULE}.entry`, url);
    const counters = await this.moving.sql<{ id: number; value: string }>(
      `select id, value from ${MODULE}.counter`,
      url,
    );
    const there = new Set(entries.map(({ id }) => id));
    const lost = this.acknowledged.filter((id) => !there.has(id)).length;
    const more = entries.length - this.acknowledged.length;
    const wrong = counters.filter(({ id, value }) => Number(value) !== (this.updates.get(id) ?? 0));
    return [
      ...(lost > 0 ? [`${lost} acknowledged rows are lost`] : []),
      ...(more > 0 ? [`${more} rows are there that nobody was told of`] : []),
      ...wrong.map(({ id, value }) => `counter ${id} is ${value}, not ${this.updates.get(id)}`),
    ];
  }

  private async write(writer: number): Promise<void> {
    let last = performance.now();
    while (!this.stopped) {
      const id = crypto.randomUUID();
      if (!(await this.once(writer, id))) return;
      this.acknowledged.push(id);
      this.updates.set(writer, (this.updates.get(writer) ?? 0) + 1);
      this.longestGap = Math.max(this.longestGap, performance.now() - last);
      last = performance.now();
      await pause(this.rest);
    }
  }

  /** Until it has taken effect, once; false when it failed for a reason that no move brings about. */
  private async once(writer: number, id: string): Promise<boolean> {
    for (;;) {
      const connection = this.connections.get(writer);
      try {
        const client = connection?.client ?? (await this.connect(writer));
        await client.query('begin');
        // Known already when the server was lost after it had committed: the key acts once.
        const { rowCount } = await client.query(
          `insert into ${MODULE}.entry (id) values ($1) on conflict (id) do nothing`,
          [id],
        );
        const update = `update ${MODULE}.counter set value = value + $2 where id = $1`;
        await client.query(update, [writer, rowCount]);
        await client.query('commit');
        return true;
      } catch (error) {
        if (!movedOrLost(error)) {
          this.failures.push(error);
          return false;
        }
        await this.recover(writer, error);
        await pause(2);
      }
    }
  }

  /** Goes on where it was as long as nobody says otherwise; without a connection, anew. */
  private async recover(writer: number, error: unknown): Promise<void> {
    const connection = this.connections.get(writer);
    const place = await this.placement().catch(() => connection?.place);
    const stays = codeOf(error) === 'MV001' && place === connection?.place;
    if (stays) await connection?.client.query('rollback').catch(() => undefined);
    else await this.leave(writer);
  }

  private async leave(writer: number): Promise<void> {
    const connection = this.connections.get(writer);
    this.connections.delete(writer);
    await connection?.client.end().catch(() => undefined);
  }

  private async connect(writer: number): Promise<pg.Client> {
    const place = await this.placement();
    const client = new pg.Client({ connectionString: this.moving.loginUrl(place) });
    client.on('error', () => undefined);
    await client.connect();
    this.connections.set(writer, { client, place });
    return client;
  }

  private async placement(): Promise<string | undefined> {
    const [row] = await this.moving.sql<{ database: string | null }>(
      `select database from platform.placement where module = '${MODULE}'`,
      this.moving.loginUrl(),
    );
    return row?.database ?? undefined;
  }
}

const codeOf = (error: unknown) => (error as { code?: string }).code ?? 'lost';

const movedOrLost = (error: unknown) => /^(MV001|lost|08|57P|E[A-Z]+$)/.test(codeOf(error));
