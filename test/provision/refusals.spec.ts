import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { urlWith } from '#platform/database/names';
import {
  planProvision,
  provision,
  provisionSecondDatabase,
} from '../../scripts/lib/provision/index.js';
import { connected, loginUrl, run, type Scratch, startScratch } from './scratch.js';

let scratch: Scratch;

beforeAll(async () => {
  scratch = await startScratch();
});
afterAll(() => scratch.release());

const databases = (name: string) =>
  run(scratch.url, `select datname from pg_database where datname = '${name}'`);

describe('roles of the same names', () => {
  it('are refused when another database is on their mark, before anything is made', async () => {
    const first = scratch.target();
    await provision(first);
    const second = { ...first, adminUrl: urlWith(first.adminUrl, { database: 'elsewhere' }) };
    await expect(provision(second)).rejects.toMatchObject({
      name: 'CliError',
      message: expect.stringContaining(
        `"${first.project}_order" belongs to the database "${first.project}", not to "elsewhere"`,
      ),
      remedy: expect.stringContaining('package.json'),
    });
    expect(await databases('elsewhere')).toEqual([]);
  });

  it('are shared by a second database that has the schema, for whoever knows the secret', async () => {
    const first = scratch.target({ modules: ['order'] });
    await provision(first);
    const second = { ...first, adminUrl: urlWith(first.adminUrl, { database: 'beside' }) };
    await provisionSecondDatabase(second.adminUrl, first.project, first.modules);
    expect((await planProvision(second)).statements).toEqual([]);
    await expect(planProvision({ ...second, secret: 'another'.padEnd(40, '.') })).rejects.toThrow(
      `belongs to the database "${first.project}", not to "beside"`,
    );
  });

  it('are refused when they carry no mark, all of them at once', async () => {
    const target = scratch.target();
    const { project } = target;
    await run(scratch.url, `create role ${project}_order; create role ${project}_user_owner`);
    await run(scratch.url, `comment on role ${project}_order is 'keep'`);
    await expect(planProvision(target)).rejects.toThrow(
      new RegExp(`"${project}_order" carries no mark.*\n.*"${project}_user_owner" carries no mark`),
    );
    expect(await databases(project)).toEqual([]);
  });

  it('are refused when Postgres would cut them off', async () => {
    const target = scratch.target({ project: 'p'.repeat(60) });
    await expect(planProvision(target)).rejects.toThrow(`"${'p'.repeat(60)}_order_owner"`);
  });
});

it('refuses a schema that somebody else owns', async () => {
  const target = scratch.target();
  await run(scratch.url, `create database ${target.project}`);
  await run(target.adminUrl, 'create schema "order"');
  await expect(provision(target)).rejects.toThrow(
    `"order" belongs to "postgres", not to "${target.project}_order_owner"`,
  );
});

describe('an admin', () => {
  it('is refused without CREATEROLE and CREATEDB', async () => {
    await run(
      scratch.url,
      "create role nobody login password 'nobody'; grant connect on database postgres to nobody",
    );
    const nobody = urlWith(scratch.url, { user: 'nobody', password: 'nobody' });
    await expect(planProvision(scratch.target({ adminUrl: nobody }))).rejects.toThrow(
      /role "nobody" cannot provision.*\n.*has no CREATEDB\n.*has no CREATEROLE/,
    );
  });

  it('is refused when the database is not its own', async () => {
    const target = scratch.target({ adminUrl: scratch.managed });
    await run(scratch.url, `create database ${target.project}`);
    await expect(provision(target)).rejects.toMatchObject({
      message: expect.stringContaining(`the database "${target.project}" belongs to "postgres"`),
      remedy: expect.stringContaining('OWNER TO'),
    });
  });

  it("is refused when the platform's schema is not its own", async () => {
    const target = scratch.target({ adminUrl: scratch.managed });
    await provision(target);
    const database = urlWith(scratch.url, { database: target.project });
    await run(database, 'alter schema platform owner to postgres; drop table platform.placement');
    await expect(provision(target)).rejects.toThrow('the schema "platform" belongs to "postgres"');
  });

  it('is told so when it may not even connect, or not heal', async () => {
    const target = scratch.target();
    await provision(target);
    const managed = urlWith(target.adminUrl, { user: 'managed', password: 'managed' });
    await expect(provision({ ...target, adminUrl: managed })).rejects.toThrow('permission denied');

    const own = scratch.target({ adminUrl: scratch.managed });
    await provision(own);
    await run(scratch.url, `alter role ${own.project}_order superuser`);
    await expect(provision(own)).rejects.toMatchObject({
      message: expect.stringContaining('refused it to "managed"'),
      remedy: expect.stringContaining('superuser'),
    });
  });
});

describe('passwords that derive from another secret', () => {
  const other = { secret: 'another secret'.padEnd(40, '.') };

  it('are set anew when nobody uses the roles, and this is noted', async () => {
    const target = scratch.target();
    await provision(target);
    const { statements, notes } = await provision({ ...target, ...other });
    expect(statements).toHaveLength(8);
    expect(notes).toEqual([expect.stringContaining('the passwords of 4 roles are set anew')]);
    await run(loginUrl({ ...target, ...other }), 'select');
    await expect(run(loginUrl(target), 'select')).rejects.toMatchObject({ code: '28P01' });
    expect((await planProvision({ ...target, ...other })).statements).toEqual([]);
  });

  it('are refused while somebody is connected, unless the rotation is asked for', async () => {
    const target = scratch.target({ adminUrl: scratch.managed });
    await provision(target);
    const app = await connected(loginUrl(target));
    try {
      await expect(provision({ ...target, ...other })).rejects.toMatchObject({
        message: expect.stringContaining(`"${target.project}_order" has 1 session(s)`),
        remedy: expect.stringMatching(/DATABASE_SECRET.*--rotate-passwords/),
      });
      expect((await provision(target)).statements).toEqual([]);
      await provision({ ...target, ...other }, { rotatePasswords: true });
      await run(loginUrl({ ...target, ...other }), 'select');
    } finally {
      await app.end();
    }
  });

  it('are set anew when asked for though the secret is the same', async () => {
    const target = scratch.target();
    await provision(target);
    await run(scratch.url, `alter role ${target.project}_order password 'by hand'`);
    await provision(target, { rotatePasswords: true });
    await run(loginUrl(target), 'select');
  });
});
