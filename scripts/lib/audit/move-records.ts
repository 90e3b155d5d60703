import type { ClientBase } from 'pg';
import type { AuditRecord } from '#platform/database/audit/finding';

/**
 * What the names of a move's publications, subscriptions and slots are: a stream leads out, to
 * where the rows go, and one back.
 */
export const streamNames = (project: string, module: string) => ({
  home: `${project}_${module}_out`,
  away: `${project}_${module}_back`,
});

const READABLE = `
  select from pg_class join pg_namespace n on n.oid = relnamespace
  where nspname = 'platform' and relname = 'move' and has_schema_privilege(n.oid, 'USAGE')
    and has_table_privilege(pg_class.oid, 'SELECT')`;

const UNDER_WAY = `
  select module from (
    select distinct on (module) module, verb in ('finish', 'abort') and step = 'done' as ended
    from platform.move order by module, id desc
  ) as last where not ended order by module`;

/**
 * What moves under way have put into a database, by their journal there. Whoever may not read the
 * journal knows of none, and is told of everything.
 */
export async function moveRecords(client: ClientBase, project: string): Promise<AuditRecord[]> {
  if ((await client.query(READABLE)).rowCount === 0) return [];
  const { rows } = await client.query<{ module: string }>(UNDER_WAY);
  return rows.flatMap(({ module }) => recordsOf(project, module));
}

/** The catalog entries that the move of a module accounts for, at either of its ends. */
const recordsOf = (project: string, module: string): AuditRecord[] =>
  Object.values(streamNames(project, module)).flatMap((where) =>
    ['publication', 'subscription', 'replication-slot'].map((rule) => ({
      name: `the move of ${module}`,
      rule,
      where,
    })),
  );
