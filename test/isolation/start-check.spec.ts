import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type Environment, databaseUrlVariable } from '#config';
import { StartRefused } from '#platform/database/start-check';
import { urlWith } from '#platform/database/names';
import { type EmbeddedLease, startScratchServer } from '../../scripts/lib/embedded/index.js';
import { readProjectManifests } from '../../scripts/lib/project.js';
import { appEnvironment, type Project, setUp } from '../../scripts/lib/set-up.js';
import { appConfig, createApp } from '../../src/app.js';
import { type Place, placesOf } from './place.js';
import { urlOf } from './sessions.js';

let server: EmbeddedLease;
let project: Project;
let admin: pg.Client;
let home: Place;
/** The schema of another module, or of somebody else, should there be no other module. */
const FOREIGN = 'foreign_schema';

beforeAll(async () => {
  server = await startScratchServer();
  project = {
    adminUrl: urlWith(server.url, { database: 'start' }),
    secret: 'one secret'.padEnd(40, '.'),
    name: 'start',
    modules: readProjectManifests().map(({ name }) => name),
  };
  await setUp(project, { poolSize: 5 });
  home = placesOf(project)[0] as Place;
  admin = new pg.Client({ connectionString: project.adminUrl });
  await admin.connect();
  await admin.query(`create schema ${FOREIGN}; create role foreign_role`);
});
afterAll(async () => {
  await admin.end();
  await server.release();
});

/** Starts the app and ends it; the reasons, when it refuses. */
async function start(environment: Environment = appEnvironment(project)): Promise<string[]> {
  try {
    const app = await createApp(appConfig({ PORT: '0', ...environment }));
    await app.close();
    return [];
  } catch (error) {
    if (error instanceof StartRefused) return [...error.faults];
    throw error;
  }
}

/** What the app says while a hole is there, with the names of this project in it. */
async function startWith(make: string, mend: string): Promise<string[]> {
  await admin.query(named(make));
  try {
    return await start();
  } finally {
    await admin.query(named(mend));
  }
}

const named = (sql: string) =>
  sql
    .replaceAll('LOGIN', home.login)
    .replaceAll('OWNER', home.owner)
    .replaceAll('HOME', home.schema)
    .replaceAll('DATABASE_NAME', home.database);

describe('the app', () => {
  it('starts when every role reaches its own schema only', async () => {
    expect(await start()).toEqual([]);
  });

  it.each([
    [
      'USAGE on another schema',
      `grant usage on schema ${FOREIGN} to LOGIN`,
      `revoke usage on schema ${FOREIGN} from LOGIN`,
      `the schema "${FOREIGN}"`,
    ],
    [
      'CREATE on another schema',
      `grant create on schema ${FOREIGN} to LOGIN`,
      `revoke create on schema ${FOREIGN} from LOGIN`,
      `the schema "${FOREIGN}"`,
    ],
    [
      'public, open to everybody',
      'grant usage on schema public to public',
      'revoke usage on schema public from public',
      'the schema "public"',
    ],
    [
      'membership in its owner role',
      'grant OWNER to LOGIN',
      'revoke OWNER from LOGIN',
      'the role OWNER',
    ],
    [
      'membership in a role of Postgres',
      'grant pg_read_all_data to LOGIN',
      'revoke pg_read_all_data from LOGIN',
      'the role "pg_read_all_data"',
    ],
    [
      'membership of a membership',
      'grant foreign_role to OWNER; grant OWNER to LOGIN',
      'revoke foreign_role from OWNER; revoke OWNER from LOGIN',
      'the role "foreign_role"',
    ],
    ['SUPERUSER', 'alter role LOGIN superuser', 'alter role LOGIN nosuperuser', 'everything'],
    ['CREATEROLE', 'alter role LOGIN createrole', 'alter role LOGIN nocreaterole', 'every role'],
    ['CREATEDB', 'alter role LOGIN createdb', 'alter role LOGIN nocreatedb', 'other databases'],
    ['BYPASSRLS', 'alter role LOGIN bypassrls', 'alter role LOGIN nobypassrls', 'every row'],
    [
      'REPLICATION',
      'alter role LOGIN replication',
      'alter role LOGIN noreplication',
      'every change of the server',
    ],
    [
      'temporary tables',
      'grant temporary on database DATABASE_NAME to LOGIN',
      'revoke temporary on database DATABASE_NAME from LOGIN',
      'the privilege TEMPORARY on the database',
    ],
    [
      'the making of schemas',
      'grant create on database DATABASE_NAME to LOGIN',
      'revoke create on database DATABASE_NAME from LOGIN',
      'the privilege CREATE on the database',
    ],
    [
      'the making of tables at home',
      'grant create on schema HOME to LOGIN',
      'revoke create on schema HOME from LOGIN',
      'the making of tables in its own schema',
    ],
  ])('refuses to start when a login role has %s', async (_, make, mend, reach) => {
    const faults = await startWith(make, mend);
    expect(faults).toContainEqual(
      expect.stringContaining(named(`${home.module}: its role LOGIN reaches ${reach}`)),
    );
  });

  it('starts again when all of that is mended', async () => {
    expect(await start()).toEqual([]);
  });

  it('names every reach of every role at once', async () => {
    const roles = placesOf(project).map(({ login }) => login);
    const faults = await startWith(
      `grant usage on schema ${FOREIGN} to ${roles.join(', ')}; alter role LOGIN createdb`,
      `revoke usage on schema ${FOREIGN} from ${roles.join(', ')}; alter role LOGIN nocreatedb`,
    );
    expect(faults).toHaveLength(roles.length + 1);
    for (const role of roles) {
      expect(faults).toContainEqual(
        expect.stringContaining(`its role ${role} reaches the schema "${FOREIGN}"`),
      );
    }
  });

  it('refuses to start as an owner role', async () => {
    const faults = await start({
      ...appEnvironment(project),
      [databaseUrlVariable(home.module)]: urlOf(project, home.module, 'owner'),
    });
    expect(faults).toContainEqual(
      expect.stringContaining(
        named(`its role OWNER reaches the making of tables in its own schema`),
      ),
    );
  });

  it('refuses to start as the admin', async () => {
    const faults = await start({
      ...appEnvironment(project),
      [databaseUrlVariable(home.module)]: project.adminUrl,
    });
    expect(faults).toContainEqual(
      expect.stringContaining('its role "postgres" reaches everything'),
    );
  });

  it("refuses to start as another module's login role", async () => {
    const [one, other] = project.modules;
    if (one === undefined || other === undefined) return;
    const faults = await start({
      ...appEnvironment(project),
      [databaseUrlVariable(one)]: urlOf(project, other, 'login'),
    });
    expect(faults).toContainEqual(expect.stringContaining(`${one}: its role`));
  });
});
