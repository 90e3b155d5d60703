import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type Environment, databaseUrlVariable } from '#config';
import { StartRefused } from '#platform/database/start-check';
import { urlWith } from '#platform/database/names';
import { type EmbeddedLease, startScratchServer } from '../../scripts/lib/embedded/index.js';
import { readProjectModules } from '../../scripts/lib/project.js';
import { type Project, setUp } from '../../scripts/lib/set-up.js';
import { appConfig, createApp } from '../../src/app.js';
import { testEnvironment } from '../support/test-project.js';
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
    modules: readProjectModules(),
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
async function start(environment: Environment = testEnvironment(project)): Promise<string[]> {
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

/** As the catalog writes names that need no quotes. */
const plain = (sql: string) => named(sql).replaceAll('"', '');

describe('the app', () => {
  it('starts when every role reaches its own schema only', async () => {
    expect(await start()).toEqual([]);
  });

  it.each([
    [
      'USAGE on another schema',
      `grant usage on schema ${FOREIGN} to LOGIN`,
      `revoke usage on schema ${FOREIGN} from LOGIN`,
      `LOGIN has USAGE on schema ${FOREIGN}`,
    ],
    [
      'CREATE on another schema',
      `grant create on schema ${FOREIGN} to LOGIN`,
      `revoke create on schema ${FOREIGN} from LOGIN`,
      `LOGIN has CREATE on schema ${FOREIGN}`,
    ],
    [
      'public, open to everybody',
      'grant usage on schema public to public',
      'revoke usage on schema public from public',
      'PUBLIC has USAGE on schema public',
    ],
    [
      'a column of another schema',
      `create table ${FOREIGN}.far (id int); grant select (id) on ${FOREIGN}.far to LOGIN`,
      `drop table ${FOREIGN}.far`,
      `LOGIN has SELECT (id) on table column ${FOREIGN}.far.id`,
    ],
    [
      'a function of the server that reads files',
      'grant execute on function pg_read_file(text) to LOGIN',
      'revoke execute on function pg_read_file(text) from LOGIN',
      'LOGIN has EXECUTE on function pg_catalog.pg_read_file(pg_catalog.text)',
    ],
    [
      'a view at home that looks into another schema',
      `create table ${FOREIGN}.far (id int); create view HOME.far as table ${FOREIGN}.far`,
      `drop table ${FOREIGN}.far cascade`,
      `view HOME.far depends on table ${FOREIGN}.far`,
    ],
    [
      "a function at home that has its owner's rights",
      "create function HOME.far() returns int security definer language sql as 'select 1'; alter function HOME.far owner to OWNER",
      'drop function HOME.far',
      'function HOME.far() runs with the rights of its owner OWNER',
    ],
    [
      'a table at home that somebody else owns',
      'create table HOME.far (id int)',
      'drop table HOME.far',
      'table HOME.far belongs to postgres',
    ],
    [
      'membership in its owner role',
      'grant OWNER to LOGIN',
      'revoke OWNER from LOGIN',
      'LOGIN is a member of OWNER',
    ],
    [
      'membership in a role of Postgres',
      'grant pg_read_all_data to LOGIN',
      'revoke pg_read_all_data from LOGIN',
      'LOGIN is a member of pg_read_all_data',
    ],
    [
      'membership in a role of anybody',
      'grant foreign_role to LOGIN',
      'revoke foreign_role from LOGIN',
      'LOGIN is a member of foreign_role',
    ],
    [
      'SUPERUSER',
      'alter role LOGIN superuser',
      'alter role LOGIN nosuperuser',
      'LOGIN is SUPERUSER',
    ],
    [
      'CREATEROLE',
      'alter role LOGIN createrole',
      'alter role LOGIN nocreaterole',
      'LOGIN is CREATEROLE',
    ],
    ['CREATEDB', 'alter role LOGIN createdb', 'alter role LOGIN nocreatedb', 'LOGIN is CREATEDB'],
    [
      'BYPASSRLS',
      'alter role LOGIN bypassrls',
      'alter role LOGIN nobypassrls',
      'LOGIN is BYPASSRLS',
    ],
    [
      'REPLICATION',
      'alter role LOGIN replication',
      'alter role LOGIN noreplication',
      'LOGIN is REPLICATION',
    ],
    [
      'temporary tables',
      'grant temporary on database DATABASE_NAME to LOGIN',
      'revoke temporary on database DATABASE_NAME from LOGIN',
      'LOGIN has TEMPORARY on database start',
    ],
    [
      'the making of schemas',
      'grant create on database DATABASE_NAME to LOGIN',
      'revoke create on database DATABASE_NAME from LOGIN',
      'LOGIN has CREATE on database start',
    ],
    [
      'the making of tables at home',
      'grant create on schema HOME to LOGIN',
      'revoke create on schema HOME from LOGIN',
      'LOGIN has CREATE on schema HOME',
    ],
  ])('refuses to start when a login role has %s', async (_, make, mend, reach) => {
    const faults = await startWith(make, mend);
    expect(faults).toContainEqual(expect.stringContaining(plain(reach)));
    const whose = reach.startsWith('PUBLIC') ? 'every module' : home.module;
    expect(faults.every((fault) => fault.startsWith(`${whose}: `))).toBe(true);
  });

  it.each([
    [
      'an extension',
      `create extension pg_stat_statements schema ${FOREIGN}`,
      'drop extension pg_stat_statements',
    ],
    [
      "a stranger's grant",
      'grant select on all tables in schema HOME to foreign_role',
      'revoke select on all tables in schema HOME from foreign_role',
    ],
    [
      "an owner role's reach",
      `grant usage on schema ${FOREIGN} to OWNER`,
      `revoke usage on schema ${FOREIGN} from OWNER`,
    ],
    ['a publication', 'create publication far for all tables', 'drop publication far'],
  ])('starts although there is %s, which is the audit’s affair', async (_, make, mend) => {
    expect(await startWith(make, mend)).toEqual([]);
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
        expect.stringContaining(plain(`${role} has USAGE on schema ${FOREIGN}`)),
      );
    }
  });

  it('refuses to start as an owner role', async () => {
    const faults = await start({
      ...testEnvironment(project),
      [databaseUrlVariable(home.module)]: urlOf(project, home.module, 'owner'),
    });
    expect(faults).toContainEqual(expect.stringContaining(plain('OWNER owns schema HOME')));
  });

  it('refuses to start as the admin', async () => {
    const faults = await start({
      ...testEnvironment(project),
      [databaseUrlVariable(home.module)]: project.adminUrl,
    });
    expect(faults).toContainEqual(
      expect.stringContaining(`${home.module}: postgres is SUPERUSER: it reaches everything`),
    );
  });

  it("refuses to start as another module's login role", async () => {
    const [one, other] = project.modules;
    if (one === undefined || other === undefined) return;
    const faults = await start({
      ...testEnvironment(project),
      [databaseUrlVariable(one)]: urlOf(project, other, 'login'),
    });
    expect(faults).toContainEqual(
      expect.stringContaining(`${one}, ${other}: start_${other} has USAGE on schema ${other}`),
    );
  });
});
