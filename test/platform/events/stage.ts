import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import type { Type } from '@nestjs/common';
import { type FixtureApp, FixtureProject } from '../../support/fixture-project.js';
import { waitFor } from '../../support/wait-for.js';
import { LOG, type Moored, ShipMoored } from './harbour.js';
import { before, lists } from './hearers.js';

/** A row of what a hearer has written. */
export interface Logged {
  by: string;
  n: number;
}

/** A row of what a hearer has put aside. */
export interface Parked {
  n: number;
  subject: string;
  reason: string;
  error: string | null;
  behind: number | null;
  attempts: number;
}

/** The fixture modules for a spec; what they hold is emptied before each test. */
export class Stage {
  project!: FixtureProject;
  protected readonly apps = new Set<FixtureApp>();

  constructor() {
    beforeAll(async () => {
      await this.open();
      for (const module of ['fleet', 'pilot']) await this.sql(module, LOG);
    });
    afterAll(async () => {
      await this.stopAll();
      await this.close();
    });
    beforeEach(() => this.empty());
  }

  protected async open(): Promise<void> {
    this.project = await FixtureProject.open('harbour', 'fleet', 'pilot');
  }

  protected async close(): Promise<void> {
    await this.project.close();
  }

  /** Runs statements as a module's owner, and gives the rows of the last. */
  sql<Row extends object>(module: string, text: string, values?: unknown[]): Promise<Row[]> {
    return this.project.sql<Row>(module, text, values);
  }

  /** Starts an app, which is closed at the end if it was not before. */
  async start(...modules: Type[]): Promise<FixtureApp> {
    const app = await this.project.start(modules);
    this.apps.add(app);
    return app;
  }

  async stop(app: FixtureApp): Promise<void> {
    this.apps.delete(app);
    await app.close();
  }

  async stopAll(): Promise<void> {
    for (const app of this.apps) await this.stop(app);
  }

  private async empty(): Promise<void> {
    Object.assign(before, { keeper: nothing, second: nothing, lister: nothing });
    lists.length = 0;
    await this.sql('harbour', 'delete from feed');
    for (const module of ['fleet', 'pilot']) {
      await this.sql(module, 'delete from cursor; delete from parked; delete from log');
    }
  }

  /** Publishes events of one ship in one transaction. */
  async moor(app: FixtureApp, ship: string, ...ns: number[]): Promise<void> {
    await app.database('harbour').transaction((tx) =>
      tx.publish(
        ShipMoored,
        ns.map((n) => ({ ship, n })),
      ),
    );
  }

  /** Puts an event into the feed that this version of the code would not publish. */
  async forge(type: string, subject: string, data: object): Promise<void> {
    await this.sql(
      'harbour',
      'insert into feed (id, type, subject, data) values (gen_random_uuid(), $1, $2, $3)',
      [type, subject, JSON.stringify(data)],
    );
  }

  /** What a hearer wrote, in the order of writing. */
  log(module: string, by: string): Promise<number[]> {
    return this.sql<Logged>(module, 'select n from log where by = $1 order by id', [by]).then(
      (rows) => rows.map(({ n }) => n),
    );
  }

  parked(module: string): Promise<Parked[]> {
    return this.sql<Parked>(
      module,
      `select (event->'data'->>'n')::int as n, subject, reason, error, behind::int, attempts
       from parked order by position`,
    );
  }

  async cursor(module: string): Promise<number> {
    const [row] = await this.sql<{ position: number }>(module, 'select position::int from cursor');
    return row?.position ?? 0;
  }

  async lastPosition(): Promise<number> {
    const [row] = await this.sql<{ position: number }>(
      'harbour',
      'select max(position)::int as position from feed',
    );
    return row?.position ?? 0;
  }

  /** Waits until a hearer's cursor is at the end of the feed. */
  async caughtUp(module: string, limitMs = 50_000): Promise<void> {
    await waitFor(async () => (await this.cursor(module)) === (await this.lastPosition()), limitMs);
  }
}

const nothing = () => undefined;

/** A behaviour: fail on these events, for as long as they are on the list. */
export const failingOn = (ns: Set<number>) => (event: Moored | { data: { n: number } }) => {
  if (ns.has(event.data.n)) throw new Error(`cannot handle ${event.data.n}`);
};
