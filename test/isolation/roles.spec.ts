import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { loginRole, ownerRole, urlWith } from '#platform/database/names';
import { provisionCopy } from '../../scripts/lib/provision/index.js';
import { testProject } from '../support/test-project.js';
import type { Role } from './attack.js';
import { urlOf } from './sessions.js';

const project = testProject();
const roles = project.modules.flatMap((module) => [
  loginRole(project.name, module),
  ownerRole(project.name, module),
]);
const each = project.modules.flatMap((module) =>
  (['login', 'owner'] as const).map((role): [string, Role] => [module, role]),
);

let admin: pg.Client;

beforeAll(async () => {
  admin = new pg.Client({ connectionString: project.adminUrl });
  await admin.connect();
});
afterAll(() => admin.end());

async function ask(sql: string): Promise<unknown[]> {
  const { rows } = await admin.query<unknown[]>({ text: sql, values: [roles], rowMode: 'array' });
  return rows.flat();
}

describe('the roles of the modules', () => {
  it('have no attribute but LOGIN', async () => {
    const plain = await ask(
      `select rolname from pg_roles where rolname = any($1) and rolcanlogin and not (rolsuper
         or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls or rolinherit)
       order by 1`,
    );
    expect(plain.sort()).toEqual([...roles].sort());
  });

  it('are members of nothing', async () => {
    const memberships = await ask(
      `select roleid::regrole || ' has the member ' || member::regrole from pg_auth_members
       where member::regrole::text = any($1)`,
    );
    expect(memberships).toEqual([]);
  });

  it('have no member but the admin who made them', async () => {
    const members = await ask(
      `select distinct member::regrole::text from pg_auth_members
       where roleid::regrole::text = any($1) and member::regrole::text <> current_user`,
    );
    expect(members).toEqual([]);
  });

  it('may each hold only so many connections', async () => {
    const unlimited = await ask(
      'select rolname from pg_roles where rolname = any($1) and rolconnlimit < 0',
    );
    expect(unlimited).toEqual([]);
  });

  it('hold no privilege on the database but CONNECT, and PUBLIC none', async () => {
    const more = await ask(
      `select coalesce(rolname, 'PUBLIC') || ' has ' || privilege_type
       from pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba)))
         left join pg_roles r on r.oid = grantee
       where datname = current_database() and (grantee = 0 or rolname = any($1))
         and (grantee = 0 or privilege_type <> 'CONNECT')`,
    );
    expect(more).toEqual([]);
  });

  it('own what is in the module schemas: only the owners do, and only in their own', async () => {
    const strays = await ask(
      `select nspname || '.' || name || ' belongs to ' || owner::regrole from (
         select relnamespace as schema, relname as name, relowner as owner from pg_class
         union all select pronamespace, proname, proowner from pg_proc
         union all select typnamespace, typname, typowner from pg_type) as objects
       join pg_namespace on pg_namespace.oid = schema
       where (owner::regrole::text = any($1) or nspname = any(
           select substr(role, ${project.name.length + 2}) from unnest($1) as role))
         and nspname !~ '^pg_toast'
         and owner::regrole::text <> '${project.name}_' || nspname || '_owner'`,
    );
    expect(strays).toEqual([]);
  });
});

describe('another database on the server, closed as provisioning closes one', () => {
  const database = `${new URL(project.adminUrl).pathname.slice(1)}_sibling`;
  const adminUrl = urlWith(project.adminUrl, { database });

  beforeAll(async () => {
    await admin.query(`drop database if exists "${database}"`);
    await admin.query(`create database "${database}" template template0`);
  });
  afterAll(() => admin.query(`drop database "${database}"`));

  it('lets every role in while nobody has closed it', async () => {
    const [module, role] = each[0] as [string, Role];
    expect(await knock(urlOf({ ...project, adminUrl }, module, role))).toBe('let in');
    await provisionCopy(adminUrl, 'sibling', []);
  });

  it.each(each)('refuses %s as %s, whom its own database lets in', async (module, role) => {
    expect(await knock(urlOf({ ...project, adminUrl }, module, role))).toBe('42501');
    expect(await knock(urlOf(project, module, role))).toBe('let in');
  });
});

async function knock(url: string): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return 'let in';
  } catch (error) {
    return (error as pg.DatabaseError).code;
  } finally {
    await client.end().catch(() => undefined);
  }
}
