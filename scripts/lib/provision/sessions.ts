import type pg from 'pg';

/** Somebody who is connected to a database. */
export interface Sessions {
  readonly role: string;
  readonly application: string;
  readonly count: number;
}

/** Who is connected to a database, the asking session and the server's own workers left out. */
export async function sessionsOf(client: pg.ClientBase, database: string): Promise<Sessions[]> {
  // What kind of session somebody else's is, only a superuser sees.
  const { rows } = await client.query<Sessions>(
    `select usename as role, coalesce(application_name, '') as application, count(*)::int as count
     from pg_stat_activity
     where datname = $1 and pid <> pg_backend_pid() and usename is not null
       and coalesce(backend_type, 'client backend') in ('client backend', 'walsender')
     group by 1, 2 order by 1, 2`,
    [database],
  );
  return rows;
}

/** As an indented list, a line per role and application. */
export const listSessions = (sessions: readonly Sessions[]) =>
  sessions
    .map(({ role, application, count }) => {
      const by = application === '' ? '' : ` (${application})`;
      return `\n  - ${count} as "${role}"${by}`;
    })
    .join('');
