import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { urlWith } from '#platform/database/names';
import {
  dropModule,
  planModuleDrop,
  provision,
  type ProvisionTarget,
} from '../../scripts/lib/provision/index.js';
import { connected, loginUrl, ownerUrl, run, type Scratch, startScratch } from './scratch.js';

let scratch: Scratch;

beforeAll(async () => {
  scratch = await startScratch();
});
afterAll(() => scratch.release());

/** A provisioned project with rows in the schema "order". */
async function provisioned(adminUrl = scratch.url): Promise<ProvisionTarget> {
  const target = scratch.target({ adminUrl });
  await provision(target);
  await run(
    ownerUrl(target),
    'create table line (id int); insert into line values (1), (2); analyze',
  );
  return target;
}

const rolesOf = async ({ project }: ProvisionTarget) =>
  (
    await run<{ rolname: string }>(
      scratch.url,
      `select rolname from pg_roles where rolname like '${project}\\_%' order by 1`,
    )
  ).map(({ rolname }) => rolname.replace(`${project}_`, ''));

const schemasOf = async ({ adminUrl, project }: ProvisionTarget) =>
  (
    await run<{ nspname: string }>(
      urlWith(scratch.url, { database: new URL(adminUrl).pathname.slice(1) || project }),
      "select nspname from pg_namespace where nspname in ('order', 'user') order by 1",
    )
  ).map(({ nspname }) => nspname);

describe("dropping a module's data", () => {
  it.each(['superuser', 'managed'] as const)(
    'takes its schema and its roles, and no others, as the admin %s',
    async (admin) => {
      const target = await provisioned(admin === 'managed' ? scratch.managed : scratch.url);
      const plan = await planModuleDrop(target, 'order');
      expect(plan).toMatchObject({ kept: [], tables: 1, rows: 2 });
      expect(await schemasOf(target)).toEqual(['order', 'user']);

      expect(await dropModule(target, 'order')).toEqual(plan);
      expect(await schemasOf(target)).toEqual(['user']);
      expect(await rolesOf(target)).toEqual(['user', 'user_owner']);
      expect((await dropModule(target, 'order')).statements).toEqual([]);
      await provision({ ...target, modules: ['user'] });
      await run(loginUrl(target, 'user'), 'select');
    },
  );

  it('does nothing where there is no database yet', async () => {
    expect(await dropModule(scratch.target(), 'order')).toMatchObject({ statements: [] });
  });

  it.each(['superuser', 'managed'] as const)(
    'keeps the roles that a copy needs, and leaves no membership behind, as the admin %s',
    async (admin) => {
      const target = await provisioned(admin === 'managed' ? scratch.managed : scratch.url);
      const { project } = target;
      await run(scratch.url, `create database ${project}_copy template ${project}`);
      const { kept } = await dropModule(target, 'order');
      expect(kept).toEqual([`${project}_order`, `${project}_order_owner`]);
      expect(await schemasOf(target)).toEqual(['user']);
      const members = `select from pg_auth_members where inherit_option and roleid::regrole::text like '${project}%'`;
      expect(await run(scratch.url, members)).toEqual([]);
    },
  );

  it('is refused while somebody is connected, and says who', async () => {
    const target = await provisioned();
    const app = await connected(loginUrl(target));
    try {
      await expect(dropModule(target, 'order')).rejects.toThrow(
        `The module's roles are in use:\n  - 1 session(s) of "${target.project}_order"`,
      );
      expect(await schemasOf(target)).toEqual(['order', 'user']);
    } finally {
      await app.end();
    }
  });

  it("is refused for roles that another database's project made", async () => {
    const { project } = await provisioned();
    await run(scratch.url, `create database ${project}_other`);
    const adminUrl = urlWith(scratch.url, { database: `${project}_other` });
    await expect(dropModule({ adminUrl, project }, 'order')).rejects.toThrow(
      `What is called "order" on the server is not this project's:` +
        `\n  - the role "${project}_order" was not made for this database` +
        `\n  - the role "${project}_order_owner" was not made for this database`,
    );
  });

  it('is refused for a schema that belongs to somebody else', async () => {
    const target = await provisioned();
    await run(target.adminUrl, 'alter schema "order" owner to postgres');
    await expect(dropModule(target, 'order')).rejects.toThrow(
      `the schema "order" belongs to "postgres", not to "${target.project}_order_owner"`,
    );
  });
});
