import pg from 'pg';
import { urlWith } from '#platform/database/names';
import { startScratchServer } from '../../scripts/lib/embedded/index.js';
import { readProjectModules } from '../../scripts/lib/project.js';
import { appEnvironment, type Project, setUp } from '../../scripts/lib/set-up.js';

/** Connections that each server keeps per module: the app's default. */
const POOL_SIZE = 5;

/** A Postgres of a bench's own, with schemas and roles. */
export interface Stage {
  /** A session of the superuser in the modules' database. */
  readonly admin: pg.Client;
  readonly project: Project;
  /** What an app is told of it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  close(): Promise<void>;
}

/** @param modules those of the shop if none are named; others have the platform's tables and no more */
export async function setStage(modules: readonly string[] = readProjectModules()): Promise<Stage> {
  const server = await startScratchServer({
    settings: {
      // One JSON object per entry: statements of several lines can be told apart.
      logging_collector: 'on',
      log_destination: 'jsonlog',
      // When something was committed, by the server's clock.
      track_commit_timestamp: 'on',
    },
  });
  try {
    const project: Project = {
      adminUrl: urlWith(server.url, { database: 'bench' }),
      secret: 'of a server that nobody else can reach',
      name: 'bench',
      modules,
    };
    // The roles are limited to what one process needs, and here may be two.
    await setUp(project, { poolSize: 2 * POOL_SIZE });
    const admin = new pg.Client({ connectionString: project.adminUrl });
    await admin.connect();
    return {
      admin,
      project,
      environment: {
        HOST: '127.0.0.1',
        PORT: '0',
        POOL_SIZE: String(POOL_SIZE),
        ...appEnvironment(project),
      },
      async close() {
        await admin.end();
        await server.release();
      },
    };
  } catch (error) {
    await server.release();
    throw error;
  }
}
