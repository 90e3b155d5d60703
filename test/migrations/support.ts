import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { loginRole, passwordOf, urlWith } from '#platform/database/names';
import { startScratchServer } from '../../scripts/lib/embedded/index.js';
import {
  MigrationError,
  type MigrationTarget,
  targetsOf,
} from '../../scripts/lib/migrations/index.js';
import { provision } from '../../scripts/lib/provision/index.js';

const PROJECT = 'ship';
const SECRET = 'a secret of at least thirty-two characters';

/** A server with provisioned modules, and a folder of migrations that a spec writes as it goes. */
export class Fixture {
  readonly prismaFolder = mkdtempSync(join(tmpdir(), 'migrations-'));
  readonly #clients: pg.Client[] = [];

  private constructor(
    readonly adminUrl: string,
    private readonly stop: () => Promise<void>,
  ) {}

  static async open(): Promise<Fixture> {
    const server = await startScratchServer();
    const adminUrl = urlWith(server.url, { database: PROJECT });
    return new Fixture(adminUrl, () => server.release());
  }

  /** Provisions modules that no test has used yet. */
  async modules(...names: string[]): Promise<MigrationTarget[]> {
    const roles = { project: PROJECT, modules: names, secret: SECRET, poolSize: 2 };
    await provision({ adminUrl: this.adminUrl, ...roles });
    return targetsOf({ adminUrl: this.adminUrl, secret: SECRET }, PROJECT, names);
  }

  async module(name: string): Promise<MigrationTarget> {
    const [target] = await this.modules(name);
    return target as MigrationTarget;
  }

  write(path: string, text: string): void {
    const file = join(this.prismaFolder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** Writes a module's migration; the names' order is the numbers' order. */
  migration(module: string, number: number, sql: string): string {
    const name = `2026010100000${number}_step`;
    this.write(`${module}/migrations/${name}/migration.sql`, sql);
    return name;
  }

  models(module: string, models: string): void {
    this.write(
      `${module}/schema.prisma`,
      `datasource db {\n  provider = "postgresql"\n}\n\n${models}`,
    );
  }

  /** A connection of a target's owner role; of its login role, or of the admin, when said so. */
  async connect(target: MigrationTarget, as: 'owner' | 'login' = 'owner'): Promise<pg.Client> {
    const user = loginRole(PROJECT, target.module);
    const login = urlWith(target.ownerUrl, { user, password: passwordOf(SECRET, user) });
    return this.#connectTo(as === 'owner' ? target.ownerUrl : login);
  }

  connectAsAdmin = (): Promise<pg.Client> => this.#connectTo(this.adminUrl);

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.end()));
    rmSync(this.prismaFolder, { recursive: true });
    await this.stop();
  }

  async #connectTo(url: string): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    this.#clients.push(client);
    return client;
  }
}

/** The error with which a migration run ends. */
export async function migrationError(run: Promise<unknown>): Promise<MigrationError> {
  const error = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof MigrationError) return error;
  throw new Error('The run did not end with a MigrationError', { cause: error });
}

export const tablesOf = async (client: pg.Client): Promise<string[]> =>
  (
    await client.query<{ name: string }>(
      'SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1',
    )
  ).rows.map((row) => row.name);
