import pg from 'pg';
import type { Sql } from 'sql-template-tag';
import { parseOperatorConfig, processEnvironment } from '#config';
import type { Query } from '#platform/events/lag';
import type { Manifest } from '#platform/manifest';
import { CliError } from '../cli.js';
import { connectionFailure } from '../migrations/owner-session.js';
import { type Moved, moduleUrlAt, readPlacements } from '../placements.js';
import { projectName, readProjectManifests, readProjectModules } from '../project.js';
import { openServer } from '../server.js';
import type { Project } from '../set-up.js';

/** A module and a feed that it hears. */
export interface Pair {
  readonly module: string;
  readonly feed: string;
}

/**
 * Statements as the modules' own login roles, where their rows are: a module's tables are nobody
 * else's to touch.
 */
export class ModuleLogins {
  private readonly clients = new Map<string, Promise<pg.Client>>();

  constructor(
    readonly project: Project,
    private readonly manifests: readonly Manifest[],
    private readonly moved: readonly Moved[] = [],
  ) {}

  /**
   * Runs statements as a module, on one connection.
   *
   * @throws {CliError} when the server is not there, or the module is not provisioned on it
   */
  query(module: string): Query {
    return async <Row extends object>({ text, values }: Sql) => {
      const client = await this.client(module);
      return (await client.query<Row>(text, values)).rows;
    };
  }

  /**
   * The pairs of a module and a feed that it hears.
   *
   * @throws {CliError} when a name is none of them
   */
  pairs(module?: string, feed?: string): Pair[] {
    const all = this.manifests.flatMap(({ name, hears }) =>
      hears.map((heard) => ({ module: name, feed: heard })),
    );
    const found = all.filter(
      (pair) => pair.module === (module ?? pair.module) && pair.feed === (feed ?? pair.feed),
    );
    if (found.length > 0 || module === undefined) return found;
    const what = feed === undefined ? 'hears any feed' : `hears the feed of "${feed}"`;
    const known = all.map((pair) => `${pair.module} ${pair.feed}`).join(', ') || 'none';
    throw new CliError(`No module "${module}" ${what}.`, `Who hears whom: ${known}`);
  }

  async end(): Promise<void> {
    const clients = [...this.clients.values()];
    await Promise.allSettled(clients.map(async (client) => (await client).end()));
  }

  private client(module: string): Promise<pg.Client> {
    const known = this.clients.get(module);
    if (known) return known;
    const { name, ...rest } = this.project;
    const place = this.moved.find((each) => each.module === module)?.database ?? null;
    const connectionString = moduleUrlAt({ ...rest, project: name }, module, place);
    const client = new pg.Client({ connectionString, application_name: `events of ${module}` });
    client.on('error', () => undefined);
    const connected = client.connect().then(
      () => client,
      (error: unknown) => {
        throw connectionFailure(module, error);
      },
    );
    this.clients.set(module, connected);
    return connected;
  }
}

/** Opens the project's server for a command, and lets go of it afterwards. */
export async function withModuleLogins<T>(work: (logins: ModuleLogins) => Promise<T>): Promise<T> {
  const manifests = readProjectManifests();
  const server = await openServer(parseOperatorConfig(processEnvironment()));
  const { adminUrl, secret } = server;
  const modules = readProjectModules();
  const project = { adminUrl, secret, name: projectName, modules };
  let logins: ModuleLogins | undefined;
  try {
    logins = new ModuleLogins(project, manifests, await readPlacements(adminUrl));
    return await work(logins);
  } finally {
    await logins?.end();
    await server.release();
  }
}
