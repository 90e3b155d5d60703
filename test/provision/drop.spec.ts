import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { urlWith } from '#platform/database/names';
import {
  databaseUrl,
  dropForReset,
  dropProject,
  provision,
  provisionCopy,
  type ProvisionTarget,
} from '../../scripts/lib/provision/index.js';
import { connected, loginUrl, run, type Scratch, startScratch } from './scratch.js';

let scratch: Scratch;

beforeAll(async () => {
  scratch = await startScratch();
});
afterAll(() => scratch.release());

async function copyOf({ adminUrl, project }: ProvisionTarget): Promise<string> {
  const maintenance = urlWith(adminUrl, { database: 'postgres' });
  await run(maintenance, `create database ${project}_copy template ${project}`);
  return urlWith(adminUrl, { database: `${project}_copy` });
}

const rolesLike = (project: string) =>
  run(scratch.url, `select rolname from pg_roles where rolname like '${project}\\_%' order by 1`);

describe('a copy of the database', () => {
  it("lets the project's roles connect, and nobody else", async () => {
    const target = scratch.target({ adminUrl: scratch.managed });
    await provision(target);
    const copy = await copyOf(target);
    const stranger = scratch.target();
    await provision(stranger);
    const intruder = loginUrl({ ...stranger, adminUrl: copy });
    await expect(run(intruder, 'select')).resolves.toBeDefined();

    await provisionCopy(copy, target.project, target.modules);
    await expect(run(intruder, 'select')).rejects.toMatchObject({ code: '42501' });
    const path = await run(loginUrl({ ...target, adminUrl: copy }), 'show search_path');
    expect(path).toEqual([{ search_path: '"order"' }]);
  });
});

describe('dropping', () => {
  it('takes the database and its roles, and leaves the neighbours theirs', async () => {
    const [target, neighbour] = [scratch.target({ adminUrl: scratch.managed }), scratch.target()];
    await provision(target);
    await provision(neighbour);
    const { roles, kept } = await dropProject(target);
    expect([roles.length, kept.length]).toEqual([4, 0]);
    expect(await rolesLike(target.project)).toEqual([]);
    expect(await rolesLike(neighbour.project)).toHaveLength(4);
    expect(await dropProject(target)).toEqual({ roles: [], kept: [] });
  });

  it('keeps the roles that a copy still needs', async () => {
    const target = scratch.target();
    await provision(target);
    await copyOf(target);
    const { kept } = await dropProject(target);
    // The copy's schemas belong to the owners, and their defaults name the logins.
    expect(kept).toHaveLength(4);
    expect((await provision(target)).statements[0]?.sql).toMatch(/^CREATE DATABASE/);
  });
});

describe('a reset', () => {
  it('drops nothing unless the configured database is named', async () => {
    const target = scratch.target();
    await provision(target);
    for (const named of [undefined, 'postgres']) {
      await expect(dropForReset(target, named)).rejects.toMatchObject({
        message: expect.stringContaining(`This drops the database "${target.project}"`),
        remedy: expect.stringContaining(`--database ${target.project}`),
      });
    }
    await run(loginUrl(target), 'select');
  });

  it('drops nothing while somebody is connected, and says who', async () => {
    const target = scratch.target({ adminUrl: scratch.managed });
    await provision(target);
    const app = await connected(loginUrl(target));
    try {
      await expect(dropForReset(target, target.project)).rejects.toThrow(
        `1 as "${target.project}_order"`,
      );
    } finally {
      await app.end();
    }
  });

  it('drops no database that the project did not make', async () => {
    const target = scratch.target();
    await run(scratch.url, `create database ${target.project}`);
    await expect(dropForReset(target, target.project)).rejects.toThrow('No role of this server');
  });

  it('makes way for a new start, by an admin that is no superuser too', async () => {
    const target = scratch.target({ adminUrl: scratch.managed });
    await provision(target);
    await dropForReset(target, target.project);
    await provision(target);
    await run(loginUrl(target), 'select');
  });

  it('says where rows of modules are that had moved to other databases', async () => {
    const target = scratch.target();
    await provision(target);
    const place = 'postgres://elsewhere/it';
    await run(
      target.adminUrl,
      `insert into platform.placement (module, database) values ('order', '${place}'), ('user', null)`,
    );
    const { moved } = await dropForReset(target, target.project);
    expect(moved).toMatchObject([{ module: 'order', database: place }]);
  });
});

describe('a database URL', () => {
  it('keeps the host and the parameters of the server', () => {
    const target = scratch.target({
      adminUrl: 'postgres://admin:a@db.example:6543/x?sslmode=require',
    });
    const url = new URL(databaseUrl(target, { module: 'order', owner: true }));
    expect([url.username, url.host, url.search]).toEqual([
      `${target.project}_order_owner`,
      'db.example:6543',
      '?sslmode=require',
    ]);
    expect(databaseUrl(target, { module: 'order' })).toBe(loginUrl(target));
    expect(databaseUrl(target, {})).toBe(target.adminUrl);
  });

  it('is refused for an unknown module, naming the known ones', () => {
    const wish = () => databaseUrl(scratch.target(), { module: 'boats' });
    expect(wish).toThrow('There is no module "boats"');
  });
});
