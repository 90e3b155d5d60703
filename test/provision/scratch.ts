import pg from 'pg';
import { loginRole, ownerRole, passwordOf, urlWith } from '#platform/database/names';
import { startScratchServer } from '../../scripts/lib/embedded/index.js';
import type { ProvisionTarget } from '../../scripts/lib/provision/index.js';

/** A server of the spec's own, since roles belong to the whole server. */
export interface Scratch {
  /** The superuser's URL. */
  readonly url: string;
  /** The URL of an admin such as managed Postgres gives: CREATEROLE and CREATEDB, no superuser. */
  readonly managed: string;
  /** A target that shares no name with another one. Its modules are words that SQL reserves. */
  target(change?: Partial<ProvisionTarget>): ProvisionTarget;
  release(): Promise<void>;
}

export async function startScratch(settings: Record<string, string> = {}): Promise<Scratch> {
  const server = await startScratchServer({ settings });
  const { url } = server;
  await run(url, "create role managed login createrole createdb password 'managed'");
  await run(url, 'grant connect on database postgres to managed');
  const managed = urlWith(url, { user: 'managed', password: 'managed' });
  let count = 0;
  const target = ({ adminUrl = url, ...change }: Partial<ProvisionTarget> = {}) => {
    const project = `shop${(count += 1)}`;
    return {
      adminUrl: urlWith(adminUrl, { database: project }),
      project,
      modules: ['order', 'user'],
      secret: 'one secret'.padEnd(40, '.'),
      poolSize: 3,
      ...change,
    };
  };
  return { url, managed, target, release: () => server.release() };
}

/** Runs statements on a connection of their own and gives the rows of the last. */
export async function run<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    const results = [await client.query<Row>(sql)].flat();
    return results.at(-1)?.rows ?? [];
  } finally {
    await client.end();
  }
}

/** A session that stays, such as an app's. */
export async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'the app' });
  await client.connect();
  return client;
}

export function loginUrl({ adminUrl, project, secret }: ProvisionTarget, module = 'order'): string {
  const user = loginRole(project, module);
  return urlWith(adminUrl, { user, password: passwordOf(secret, user) });
}

export function ownerUrl({ adminUrl, project, secret }: ProvisionTarget, module = 'order'): string {
  const user = ownerRole(project, module);
  return urlWith(adminUrl, { user, password: passwordOf(secret, user) });
}
