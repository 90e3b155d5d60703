import type { ClientBase } from 'pg';
import type { AuditRecord } from '#platform/database/audit/finding';
import { loginRole, ownerRole } from '#platform/database/names';

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

const MOVES = `
  select distinct on (module) module, verb, step,
    array(select details ->> 'left' from platform.move m where m.module = last.module and details ? 'left') as left,
    array(select distinct quote_ident(admin) from platform.move m, jsonb_array_elements_text(details -> 'admins') as admin
      where m.module = last.module) as admins
  from platform.move last where verb not like 'process %' order by module, id desc`;

interface Move {
  readonly module: string;
  readonly verb: string;
  readonly step: string;
  /** Schemas at home with the rows of finished moves. */
  readonly left: readonly string[];
  /** Admins of both sides, quoted: no superusers perhaps, and then members of the owner role. */
  readonly admins: readonly string[];
}

/**
 * What moves have put into a database, by their journal there: those under way both streams, and
 * finished ones the old rows, in the place of the module's schema. Whoever may not read the
 * journal knows of none, and is told of everything.
 */
export async function moveRecords(client: ClientBase, project: string): Promise<AuditRecord[]> {
  if ((await client.query(READABLE)).rowCount === 0) return [];
  const { rows } = await client.query<Move>(MOVES);
  return rows.flatMap((move) =>
    explainedBy(move, project).map((each) => ({ name: `the move of ${move.module}`, ...each })),
  );
}

/** The catalog entries that the move of a module accounts for, at either of its ends. */
function explainedBy(
  { module, verb, step, left, admins }: Move,
  project: string,
): Omit<AuditRecord, 'name'>[] {
  const old = left.map((where) => ({ rule: 'unknown-schema', where }));
  if (step !== 'done' || (verb !== 'finish' && verb !== 'abort')) {
    const streams = Object.values(streamNames(project, module));
    const rules = ['publication', 'subscription', 'replication-slot'];
    const owner = ownerRole(project, module);
    // Before a finish is done, home has been left.
    const gone = verb === 'finish' ? [{ rule: 'missing-schema', where: module }] : [];
    return [
      ...old,
      ...gone,
      ...streams.flatMap((where) => rules.map((rule) => ({ rule, where }))),
      ...admins.map((admin) => ({ rule: 'role-membership', where: `${admin} in ${owner}` })),
    ];
  }
  if (verb === 'abort') return old;
  const roles = [loginRole(project, module), ownerRole(project, module)];
  return [
    ...old,
    { rule: 'missing-schema', where: module },
    // Once the module's source has left, too; on this server its rows may be in another database.
    ...roles.map((where) => ({ rule: 'unknown-role', where })),
  ];
}
