import { loginRole } from '#platform/database/names';
import { literal, name as quoted } from '../../provision/statement.js';
import { note } from './journal.js';
import type { Move } from './move.js';
import type { Side } from './side.js';
import { closedEpoch, doorOf } from './stage.js';

/** What a schema is called that a move has left: a module's name has no underscore. */
export const leftName = (module: string, epoch: number) => `${module}_left_${epoch}`;

/** The schemas with old rows that finished moves of the module have left at home. */
export async function leftSchemas(home: Side, module: string): Promise<string[]> {
  const rows = await home.rows<{ name: string }>(
    'select nspname as name from pg_namespace where nspname ~ $1 order by 1',
    [`^${module}_left_[0-9]+$`],
  );
  return rows.map(({ name }) => name);
}

/**
 * Puts what was home aside, once: under another name, as the admin's own, who alone may look at it.
 */
export async function leaveHome(move: Move): Promise<void> {
  const { home, module, ownerRole, request } = move;
  const sight = (await move.look()).home;
  if (doorOf(sight) !== 'closed') return;
  const left = leftName(module, closedEpoch(sight) as number);
  await home.client.query('begin');
  await home.client.query(
    handOver(left, module, ownerRole, loginRole(request.project.name, module)),
  );
  await note(home, module, 'finish', 'left', { left });
  await home.client.query('commit');
}

function handOver(left: string, module: string, owner: string, login: string): string {
  const schema = quoted(left);
  const kinds = ['tables', 'sequences', 'functions', 'types'];
  return [
    `alter schema ${quoted(module)} rename to ${schema}`,
    ...kinds.map(
      (kind) =>
        `alter default privileges for role ${quoted(owner)} in schema ${schema} revoke all on ${kind} from ${quoted(login)}`,
    ),
    `reassign owned by ${quoted(owner)} to current_user`,
    `revoke all on schema ${schema} from ${quoted(login)}`,
    ...['tables', 'sequences', 'routines'].map(
      (kind) => `revoke all on all ${kind} in schema ${schema} from ${quoted(login)}`,
    ),
    `do $types$ declare type text; begin
       for type in select format_type(oid, null) from pg_type
         where typnamespace = ${literal(left)}::regnamespace and typacl is not null
       loop execute format('revoke all on type %s from %I', type, ${literal(login)}); end loop;
     end $types$`,
  ].join(';\n');
}

/** Drops what finished moves have left at home, and gives the names. */
export async function dropLeft({ home, module }: Move): Promise<string[]> {
  const dropped = await leftSchemas(home, module);
  for (const left of dropped) await home.client.query(`drop schema ${quoted(left)} cascade`);
  return dropped;
}
