import sql, { empty, raw, Sql } from 'sql-template-tag';
import { v7 } from 'uuid';
import { currentTraceparent } from '../tracing/trace-context.js';
import type { AnyEvent, DataOf } from './event.js';

/** By which a statement that publishes is known, also when it is a part of a larger one. */
const INSERT = 'insert into feed (id, type, subject, data, traceparent)';

/** Whether a statement, or a value of one, appends to the feed. */
export const appends = (statement: unknown): boolean =>
  statement instanceof Sql && statement.strings.some((part) => part.includes(INSERT));

/**
 * An INSERT of events into the module's own feed, to be put into a CTE of a written statement.
 * Its text is the same for any number of events.
 *
 * @param data what the event tells, or a list for several events of that type
 * @param options.from a CTE: nothing is appended unless it has a row
 * @throws {ZodError} when the data does not fit the event's schema
 */
export function append<E extends AnyEvent>(
  event: E,
  data: DataOf<E> | readonly DataOf<E>[],
  { from }: { from?: Sql } = {},
): Sql {
  const list: readonly unknown[] = Array.isArray(data) ? data : [data];
  const rows = list.map((each) => {
    const parsed = event.data.parse(each) as DataOf<E>;
    return { id: v7(), type: event.type, subject: event.subject(parsed), data: parsed };
  });
  return sql`${raw(INSERT)}
    select id, type, subject, data, ${currentTraceparent() ?? null}::text
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as event (id uuid, type text, subject text, data jsonb)
    ${from ? sql`where exists (select from ${from})` : empty}`;
}
