import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { PLATFORM_TABLES } from '#platform/database/platform-tables';
import { withOwner } from '../migrations/owner-session.js';
import type { MigrationTarget } from '../migrations/types.js';
import { readLags } from './lags.js';
import type { ModuleLogins } from './module-logins.js';

/** What a rebuild makes again. */
export interface Rebuild {
  readonly tables: readonly string[];
  readonly feeds: readonly string[];
}

/** Milliseconds between two looks, and without progress before it is said that nobody reads. */
const INTERVAL = 500;
const PATIENCE = 15_000;

/**
 * Empties a module whose rows all come from events, and moves its cursors to the beginning, in one
 * transaction: whoever reads for it hears everything again.
 *
 * @throws {CliError} when the module is not provisioned, or its server is away
 */
export function emptyReadModel(target: MigrationTarget): Promise<Rebuild> {
  return withOwner(target, async ({ client }) => {
    const { rows } = await client.query<{ name: string }>(
      `select relname as name from pg_class
       where relnamespace = $1::regnamespace and relkind = 'r'
         and relname !~ '^_' and relname <> all($2)
       order by relname`,
      [target.module, PLATFORM_TABLES],
    );
    const tables = rows.map(({ name }) => name);
    await client.query('begin');
    // The cursors first, and in one order: that waits for readers, which then find them moved.
    const cursors = await client.query<{ feed: string }>(
      `with held as (select feed from cursor order by feed for update)
       update cursor set position = 0, current_at = null from held
       where cursor.feed = held.feed returning cursor.feed`,
    );
    // Not TRUNCATE, which would wait for whoever reads, and let others wait behind it.
    for (const table of ['parked', ...tables]) {
      await client.query(`delete from ${pg.escapeIdentifier(table)}`);
    }
    await client.query('commit');
    return { tables, feeds: cursors.rows.map(({ feed }) => feed).sort() };
  });
}

/**
 * Waits while a module hears what lies behind its cursors.
 *
 * @param report is told, again and again, how many events are to go
 * @returns how many were left when there was no progress any more: 0 unless nobody reads
 */
export async function awaitReading(
  logins: ModuleLogins,
  module: string,
  report: (left: number) => void,
): Promise<number> {
  let least = Infinity;
  let since = Date.now();
  for (;;) {
    const lags = (await readLags(logins)).filter((lag) => lag.module === module);
    const left = lags.reduce((sum, { events }) => sum + events, 0);
    if (left < least) [least, since] = [left, Date.now()];
    if (left === 0 || Date.now() - since > PATIENCE) return left;
    report(left);
    await pause(INTERVAL);
  }
}
