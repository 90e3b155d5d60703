import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  isInOrder,
  migrate,
  migrationStatus,
  migrationText,
  planMigration,
} from '../../scripts/lib/migrations/index.js';
import { planModule } from '../../scripts/lib/module/create.js';
import { readSource } from '../../scripts/lib/module/source.js';
import { Fixture } from '../migrations/support.js';

const source = readSource();

/** The plan of a module, of the length of whose list of changes nobody needs to know. */
const plan = (name: string, calls: string[] = [], hears: string[] = []) =>
  planModule(source, { name, calls, hears }, new Date('2026-01-02T03:04:05Z'));

describe('the plan of a module', () => {
  it('notes where else its word occurs', async () => {
    expect((await plan('tables')).notes).toEqual([
      expect.stringMatching(
        /^One word per module: searching for "tables" also finds \S+, .* more\.$/,
      ),
    ]);
  });

  it.each([
    ['Two-Words', 'name "Two-Words" must be one word of 2 to 30 lower-case letters and digits'],
    ['platform', 'name "platform" is a reserved word'],
    ['app', 'src/app.module.ts has the class AppModule'],
    ['docs', 'src/platform/http/api-docs.ts answers the route "/docs"'],
    ['dist', '.gitignore leaves out every folder called "dist"'],
  ])('is refused for the word %s', async (name, fault) => {
    await expect(plan(name)).rejects.toThrow(`\n  - ${fault}`);
  });

  it('is refused with all faults at once', async () => {
    await expect(plan('X', ['nobody', 'X'], ['someone'])).rejects.toThrow(
      `The module "X" cannot be made:
  - name "X" must be one word of 2 to 30 lower-case letters and digits
  - calls.1 "X" must be one word of 2 to 30 lower-case letters and digits
  - X/module.json: calls "nobody", but there is no module of that name
  - X/module.json: calls "X" is the module itself
  - X/module.json: hears "someone", but there is no module of that name`,
    );
  });
});

let fixture: Fixture;

beforeAll(async () => {
  fixture = await Fixture.open();
});
afterAll(() => fixture.close());

it('a created module has the first migration that migration:create would write', async () => {
  const { changes } = await plan('aardvark');
  const textOf = (path: string) => changes.find((change) => change.path === path)?.text ?? '';
  const schema = textOf('prisma/aardvark/schema.prisma');
  const sql = textOf('prisma/aardvark/migrations/20260102030405_init/migration.sql');

  const target = await fixture.module('aardvark');
  fixture.write('aardvark/schema.prisma', schema);
  expect(migrationText(await planMigration(fixture.adminUrl, target, fixture.prismaFolder))).toBe(
    sql,
  );

  fixture.write('aardvark/migrations/20260102030405_init/migration.sql', sql);
  await migrate([target], { prismaFolder: fixture.prismaFolder });
  const [status] = await migrationStatus([target], { prismaFolder: fixture.prismaFolder });
  expect(status).toMatchObject({
    applied: expect.arrayContaining(['20260102030405_init']),
    drift: '',
  });
  expect(status && isInOrder(status)).toBe(true);
});
