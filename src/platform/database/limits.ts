import sql from 'sql-template-tag';
import type { ModuleDatabase, PrismaLike } from './module-database.js';

/** How many connections one module's role may hold, beside what it will use. */
export interface Limit {
  role: string;
  server: string;
  database: string;
  /** Connections that the role may hold, -1 for any number. */
  limit: number;
  pool: number;
  /** Connections that the server gives to ordinary roles. */
  most: number;
}

export async function limitOf(database: ModuleDatabase<PrismaLike>): Promise<Limit> {
  const [row] = await database.query<Pick<Limit, 'role' | 'database' | 'limit' | 'most'>>(sql`
    select rolname as role, current_database() as database, rolconnlimit as limit,
      current_setting('max_connections')::int
        - current_setting('superuser_reserved_connections')::int as most
    from pg_roles where rolname = current_user`);
  return { ...(row as Limit), server: database.server, pool: database.poolSize };
}

/** Pools larger than their role's limit, and limits that together exceed the server's. */
export function limitFaults(limits: readonly Limit[]): string[] {
  const faults = limits
    .filter(({ limit, pool }) => limit >= 0 && limit < pool)
    .map(
      ({ role, limit, pool }) =>
        `the role "${role}" may hold ${limit} connections, but POOL_SIZE is ${pool}; ` +
        'run db:provision with the same POOL_SIZE',
    );
  for (const server of new Set(limits.map((entry) => entry.server))) {
    const here = limits.filter((entry) => entry.server === server);
    const sum = here.reduce((total, { limit, pool }) => total + (limit < 0 ? pool : limit), 0);
    const most = here[0]?.most ?? 0;
    if (sum > most) {
      faults.push(
        `the modules' roles may hold ${sum} connections together, but ${server} gives ${most}; ` +
          'raise max_connections, or lower POOL_SIZE and run db:provision',
      );
    }
  }
  return faults;
}
