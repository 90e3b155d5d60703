import { afterAll, beforeAll } from '@jest/globals';
import type { Type } from '@nestjs/common';
import pg from 'pg';
import { ownerRole, passwordOf, urlWith } from '#platform/database/names';
import { provisionCopy } from '../../../scripts/lib/provision/index.js';
import { type FixtureApp, FixtureProject } from '../../support/fixture-project.js';

export type Side = 'home' | 'away';

/** Where else there is the same. */
const otherOf = (side: Side): Side => (side === 'home' ? 'away' : 'home');

/**
 * Fixture modules with two databases, of which the second is a copy of the first, and moves between
 * them that are made by hand, step by step.
 */
export class TwoSides {
  project!: FixtureProject;
  private readonly apps = new Set<FixtureApp>();
  private epoch = 0;

  /** @param prepare makes the modules' own tables, before the copy is taken */
  constructor(modules: readonly string[], prepare: (project: FixtureProject) => Promise<unknown>) {
    beforeAll(async () => {
      this.project = await FixtureProject.open(...modules);
      await prepare(this.project);
      await this.copy();
    });
    afterAll(async () => {
      for (const app of this.apps) await this.stop(app);
      await this.dropAway();
      await this.project.close();
    });
  }

  /** Starts an app, which is closed at the end if it was not before. */
  async start(modules: readonly Type[], poolSize?: number): Promise<FixtureApp> {
    const app = await this.project.start(modules, poolSize);
    this.apps.add(app);
    return app;
  }

  async stop(app: FixtureApp): Promise<void> {
    this.apps.delete(app);
    await app.close();
  }

  /** The admin's URL of a side. */
  adminUrl(side: Side): string {
    const { adminUrl, name } = this.project.project;
    return urlWith(adminUrl, { database: side === 'home' ? name : `${name}_away` });
  }

  /** Runs statements at a side as a module's owner, and gives the rows of the last. */
  sql<Row extends object>(side: Side, module: string, text: string, values?: unknown[]) {
    return run<Row>(this.ownerUrl(side, module), text, values);
  }

  /** Runs statements as the admin, at home. */
  admin<Row extends object>(text: string, values?: unknown[]) {
    return run<Row>(this.adminUrl('home'), text, values);
  }

  /** Puts up the fence at a side, and so refuses whoever writes there. */
  async close(module: string, side: Side): Promise<void> {
    this.epoch += 1;
    await this.fence(module, side);
  }

  /** Moves the module, which was closed at one side, to the other one, and tells everybody. */
  async open(module: string, side: Side): Promise<void> {
    await this.carry(module, otherOf(side), side);
    await this.fence(module, side);
    await this.sql(side, module, `insert into opened values (${this.epoch})`);
    const url = Object.assign(new URL(this.adminUrl(side)), { username: '', password: '' });
    await this.tell(module, side === 'home' ? null : url.href);
  }

  async move(module: string, side: Side): Promise<void> {
    await this.close(module, otherOf(side));
    await this.open(module, side);
  }

  /** Writes down where a module's rows are, and tells those who listen. */
  async tell(module: string, database: string | null): Promise<void> {
    await this.admin(
      `insert into platform.placement (module, epoch, database) values ($1, $2, $3)
       on conflict (module) do update set epoch = excluded.epoch, database = excluded.database`,
      [module, this.epoch, database],
    );
    await this.admin(`select pg_notify('placement', $1)`, [module]);
  }

  /** Says that a module is about to move to a side, or that it is not. */
  async announce(module: string, side: Side | undefined): Promise<void> {
    const url = Object.assign(new URL(this.adminUrl('away')), { username: '', password: '' });
    await this.admin(
      `insert into platform.placement (module, next_epoch, next_database) values ($1, $2, $3)
       on conflict (module) do update
       set next_epoch = excluded.next_epoch, next_database = excluded.next_database`,
      [module, side && this.epoch + 1, side === 'away' ? url.href : null],
    );
    await this.admin(`select pg_notify('placement', $1)`, [module]);
  }

  /** Whose sessions there are at a side, by the modules' names. */
  async sessions(side: Side): Promise<string[]> {
    const rows = await this.admin<{ name: string }>(
      `select application_name as name from pg_stat_activity
       where datname = $1 and pid <> pg_backend_pid()
         and coalesce(backend_type, 'client backend') = 'client backend' order by 1`,
      [new URL(this.adminUrl(side)).pathname.slice(1)],
    );
    return rows.map(({ name }) => name);
  }

  /** Drops the second database, which fails while anybody is connected to it. */
  async dropAway(): Promise<void> {
    const { name } = this.project.project;
    await run(
      urlWith(this.adminUrl('home'), { database: 'postgres' }),
      `drop database if exists "${name}_away"`,
    );
  }

  private async copy(): Promise<void> {
    const { name, modules } = this.project.project;
    await this.dropAway();
    await run(
      urlWith(this.adminUrl('home'), { database: 'postgres' }),
      `create database "${name}_away" template "${name}"`,
    );
    await provisionCopy(this.adminUrl('away'), name, modules);
  }

  private ownerUrl(side: Side, module: string): string {
    const { name, secret } = this.project.project;
    const user = ownerRole(name, module);
    return urlWith(this.adminUrl(side), { user, password: passwordOf(secret, user) });
  }

  private fence(module: string, side: Side): Promise<void> {
    return connected(this.ownerUrl(side, module), async (query) => {
      // One by one, as a move does it: all in one transaction would deadlock with writers.
      for (const table of await tablesOf(query)) {
        await query(
          `create or replace trigger zz_fence before insert or update or delete or truncate
             on ${table} for each statement execute function fence('${this.epoch}')`,
        );
      }
    });
  }

  /** All rows, and where the sequences stand. */
  private carry(module: string, from: Side, to: Side): Promise<void> {
    return connected(this.ownerUrl(from, module), (read) =>
      connected(this.ownerUrl(to, module), async (write) => {
        for (const table of await tablesOf(read)) {
          const [found] = await read(`select json_agg(t) as rows from ${table} t`);
          await write(`drop trigger if exists zz_fence on ${table}; delete from ${table}`);
          await write(
            `insert into ${table} overriding system value
             select * from json_populate_recordset(null::${table}, $1)`,
            [JSON.stringify(found?.['rows'] ?? [])],
          );
        }
        const sequences = await read(
          `select format('select setval(%L, %s)', sequencename, last_value) as set from pg_sequences
           where schemaname = current_schema() and last_value is not null`,
        );
        for (const { set } of sequences) await write(set as string);
      }),
    );
  }
}

type Query = (text: string, values?: unknown[]) => Promise<Record<string, unknown>[]>;

/** The tables of a module's schema whose rows move. */
async function tablesOf(query: Query): Promise<string[]> {
  const rows = await query(
    `select relname as name from pg_class
     where relnamespace = current_schema()::regnamespace and relkind = 'r'
       and relname !~ '^_' and relname not in ('opened', 'marker') order by 1`,
  );
  return rows.map(({ name }) => name as string);
}

async function connected<T>(url: string, work: (query: Query) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(async (text, values) => {
      const results = [await client.query<Record<string, unknown>>(text, values)].flat();
      return results.at(-1)?.rows ?? [];
    });
  } finally {
    await client.end();
  }
}

const run = <Row extends object>(url: string, text: string, values?: unknown[]) =>
  connected(url, (query) => query(text, values)) as Promise<Row[]>;
