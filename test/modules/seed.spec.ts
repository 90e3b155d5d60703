import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HostedModules } from '#platform/hosted-modules';
import { emptyTables, startTestApp, type TestApp } from '../support/test-app.js';
import { testProject } from '../support/test-project.js';
import { asOwner } from '../platform/held-lock.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
  await emptyTables(...testProject().modules);
});
afterAll(async () => {
  await emptyTables(...testProject().modules);
  await app.close();
});

const seed = async () => {
  for (const module of app.nest.get(HostedModules).inCallOrder()) await module.seed?.seed();
};

/** How many rows every table of every module holds. */
async function rowCounts(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const module of testProject().modules) {
    const tables = await asOwner<{ name: string }>(
      module,
      "select relname as name from pg_class where relnamespace = $1::regnamespace and relkind = 'r'",
      [module],
    );
    for (const { name } of tables) {
      const [row] = await asOwner<{ rows: number }>(
        module,
        `select count(*)::int as rows from ${name}`,
      );
      counts[`${module}.${name}`] = row?.rows ?? 0;
    }
  }
  return counts;
}

describe('the example data', () => {
  it('fills the modules, the called before the callers', async () => {
    const before = await rowCounts();
    await seed();
    const filled = Object.entries(await rowCounts()).filter(
      ([name, rows]) => rows > (before[name] ?? 0),
    );
    const modules = new Set(filled.map(([name]) => name.split('.')[0]));
    expect([...modules].sort()).toEqual([...testProject().modules].sort());
  });

  it('is there once, however often it is put in', async () => {
    const before = await rowCounts();
    await seed();
    expect(await rowCounts()).toEqual(before);
  });
});
