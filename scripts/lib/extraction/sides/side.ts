import type { Socket } from 'node:net';
import type pg from 'pg';
import { CliError } from '../../cli.js';
import { codeOf, withAdmin } from '../../provision/connection.js';

/** Where the module's rows are before any move (home), and where the move takes them (away). */
export type SideName = 'home' | 'away';

export const otherSide = (side: SideName): SideName => (side === 'home' ? 'away' : 'home');

/** How the checksums' text comes about must not depend on how a server is set up. */
const SESSION = `
  set search_path = pg_catalog;
  set synchronous_commit = on;
  set lock_timeout = '3s';
  set statement_timeout = 0;
  set idle_in_transaction_session_timeout = 0;
  set datestyle = 'ISO, YMD';
  set intervalstyle = 'postgres';
  set timezone = 'UTC';
  set bytea_output = 'hex';
  set extra_float_digits = 1;
  set lc_monetary = 'C';
  set xmloption = 'content';
  select set_config('deadlock_timeout', '20ms', false)
  from pg_roles where rolname = current_user and rolsuper`;
// The last one: a lock that waits for an autovacuum cancels it only after that time.

/** One of the two databases, as its admin. */
export class Side {
  private constructor(
    readonly name: SideName,
    /** Admin URL, with the password: also what the other side's subscription connects by. */
    readonly url: string,
    /** The session that holds the mover's lock, and makes every change that opens or closes. */
    readonly client: pg.Client,
  ) {}

  /**
   * Lends one of the sides.
   *
   * @throws {CliError} when it cannot be reached, refuses what is done there to its admin, or
   *   somebody holds what is to be changed
   */
  static async with<T>(name: SideName, url: string, work: (side: Side) => Promise<T>): Promise<T> {
    return withAdmin(url, async (client) => {
      await client.query(SESSION);
      return work(new Side(name, url, client));
    }).catch((error: unknown) => {
      throw codeOf(error) === LOCK_NOT_AVAILABLE ? locked(error as Error) : error;
    });
  }

  /** Runs one statement, or several without values, and gives the rows of the last. */
  async rows<Row extends object>(text: string, values?: unknown[]): Promise<Row[]> {
    return [await this.client.query<Row>(text, values)].flat().at(-1)?.rows ?? [];
  }

  /** The first row of a statement that always has one. */
  async row<Row extends object>(text: string, values?: unknown[]): Promise<Row> {
    return (await this.rows<Row>(text, values))[0] as Row;
  }

  /**
   * Where in its log the server is now.
   *
   * @param before a statement to be run first, with the same message
   */
  async lsn(before?: string): Promise<string> {
    const look = 'select pg_current_wal_insert_lsn()::text as lsn';
    return (await this.row<{ lsn: string }>(before ? `${before}; ${look}` : look)).lsn;
  }

  /** Further sessions of the same kind, for work in parallel. */
  async withMore<T>(count: number, work: (sessions: Side[]) => Promise<T>): Promise<T> {
    const open = async (sessions: Side[]): Promise<T> =>
      sessions.length === count
        ? work(sessions)
        : Side.with(this.name, this.url, (side) => open([...sessions, side]));
    return open([]);
  }

  /** This machine, as the server sees it. */
  get localAddress(): string {
    const { connection } = this.client as unknown as { connection: { stream: Socket } };
    return connection.stream.localAddress ?? '127.0.0.1';
  }

  /** Whether the admin is a superuser, and the server's major version. */
  async nature(): Promise<{ superuser: boolean; version: number }> {
    return this.row(
      `select rolsuper as superuser, current_setting('server_version_num')::int / 10000 as version
       from pg_roles where rolname = current_user`,
    );
  }
}

/** SQLSTATE of a lock that was not to be had in time. */
export const LOCK_NOT_AVAILABLE = '55P03';

const locked = (cause: Error) =>
  new CliError(
    `Somebody holds what is to be changed: ${cause.message}`,
    'Repeat the command when that transaction has ended; pg_stat_activity shows it.',
    1,
    { cause },
  );

/** A database as the modules are told of it: its URL without user and password, wherever they stand in it. */
export function placeOf(url: string): string {
  const place = new URL(url);
  for (const part of ['username', 'password'] as const) place[part] = '';
  for (const parameter of ['user', 'password']) place.searchParams.delete(parameter);
  return place.href;
}

/** Whether two URLs mean the same database, by their words. */
export function isSamePlace(one: string, other: string): boolean {
  const key = (url: string) => {
    const { hostname, port, pathname } = new URL(url);
    return `${hostname}:${port || '5432'}${pathname}`;
  };
  return key(one) === key(other);
}
