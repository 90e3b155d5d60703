import type { Side } from './side.js';

const named = (module: string) => `mover of ${module}: `;

/** Names a session of a mover by what it does, for whoever looks from another one. */
export async function callItself(side: Side, module: string, what: string): Promise<void> {
  await side.rows(`select set_config('application_name', $1, false)`, [`${named(module)}${what}`]);
}

/** Whether a mover is at work on a module, and what its sessions at home say that they do. */
export async function atWork(
  home: Side,
  module: string,
): Promise<{ busy: boolean; doing: readonly string[] }> {
  return home.row(
    `select exists (select from pg_locks where locktype = 'advisory' and objsubid = 1
         and (classid::bigint << 32 | objid::bigint) = hashtextextended($1, 0)
         and database = (select oid from pg_database where datname = current_database())) as busy,
       array(select substr(application_name, length($2) + 1) from pg_stat_activity
         where datname = current_database() and starts_with(application_name, $2)
         order by backend_start) as doing`,
    [`move:${module}`, named(module)],
  );
}
