import { createHash } from 'node:crypto';
import pg from 'pg';
import { parseOperatorConfig, processEnvironment } from '#config';
import { urlWith } from '#platform/database/names';
import { startScratchServer } from '../../scripts/lib/embedded/index.js';
import { projectName, readProjectModules, rootFolder } from '../../scripts/lib/project.js';
import { dropProject, provisionCopy } from '../../scripts/lib/provision/index.js';
import { openServer } from '../../scripts/lib/server.js';
import { type Project, setUp } from '../../scripts/lib/set-up.js';
import { rehearsedDatabases, TEST_PROJECT_VARIABLE, workerDatabase } from './test-project.js';

/** The roles' limits follow from it; an app under test uses fewer, and there may be several. */
export const POOL_SIZE = 10;

/**
 * One server for the whole run: a throw-away one, or the one of DATABASE_URL. On it a migrated
 * database, and a copy of that for every jest worker. Names carry a hash of this folder, so that
 * two clones may test on one server, beside the databases that they work with.
 */
export async function startTestServer(workers: number): Promise<{ stop(): Promise<void> }> {
  const config = parseOperatorConfig(processEnvironment());
  const server =
    config.databaseUrl === undefined ? await startScratchServer() : await openServer(config);
  const url = 'adminUrl' in server ? server.adminUrl : server.url;
  const hash = createHash('sha256').update(rootFolder).digest('hex');
  const name = `${projectName}_test_${hash.slice(0, 8)}`;
  const project: Project = {
    adminUrl: urlWith(url, { database: name }),
    secret: hash,
    name,
    modules: readProjectModules(),
  };
  const copies = Array.from({ length: workers }, (_, index) =>
    copiesFor(project, index + 1),
  ).flat();
  await refuseTooSmall(project);
  await drop(project, copies);
  await setUp(project, { poolSize: POOL_SIZE });
  await copy(project, copies);
  process.env[TEST_PROJECT_VARIABLE] = JSON.stringify(project);
  return {
    async stop() {
      if (config.databaseUrl !== undefined) await drop(project, copies);
      await server.release();
    },
  };
}

/** A copy of the migrated database, and which modules may enter it. */
interface Copy {
  readonly database: string;
  readonly modules: readonly string[];
}

/** One copy for all modules; in a rehearsal also one for each that is to have its own. */
function copiesFor({ name, modules }: Project, worker: number): Copy[] {
  const own = rehearsedDatabases(name, worker);
  const shared = modules.filter((module) => !(module in own));
  return [
    { database: workerDatabase(name, worker), modules: shared },
    ...Object.entries(own).map(([module, database]) => ({ database, modules: [module] })),
  ];
}

/** Says at once what would otherwise fail in every spec that starts an app. */
async function refuseTooSmall({ adminUrl, modules }: Project): Promise<void> {
  const needed = modules.length * 2 * POOL_SIZE;
  await withMaintenance(adminUrl, async (client) => {
    const { rows } = await client.query<{ most: number }>(
      `select current_setting('max_connections')::int
         - current_setting('superuser_reserved_connections')::int as most`,
    );
    const most = rows[0]?.most ?? 0;
    if (most < needed) {
      throw new Error(
        `The tests need ${needed} connections, for ${modules.length} modules in several processes; ` +
          `the server of DATABASE_URL gives ${most}. Raise its max_connections, or unset DATABASE_URL.`,
      );
    }
  });
}

async function copy({ adminUrl, name }: Project, copies: readonly Copy[]): Promise<void> {
  await withMaintenance(adminUrl, async (client) => {
    for (const { database } of copies) {
      await client.query(`create database "${database}" template "${name}"`);
    }
  });
  for (const { database, modules } of copies) {
    await provisionCopy(urlWith(adminUrl, { database }), name, modules);
  }
}

/** What a killed run has left on a server that is not ours to throw away. */
async function drop(project: Project, copies: readonly Copy[]): Promise<void> {
  await withMaintenance(project.adminUrl, async (client) => {
    for (const { database } of copies) await client.query(`drop database if exists "${database}"`);
  });
  await dropProject(project);
}

async function withMaintenance(adminUrl: string, work: (client: pg.Client) => Promise<void>) {
  const client = new pg.Client({ connectionString: urlWith(adminUrl, { database: 'postgres' }) });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
