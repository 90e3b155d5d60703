// only: catalog
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { projectName } from '../../scripts/lib/project.js';
import { type AppProcess, killProcess, startAppProcess } from '../platform/app-process.js';
import { type Clone, makeClone } from '../support/clone.js';
import { testProject } from '../support/test-project.js';
import { waitFor } from '../support/wait-for.js';

const MODULE = 'catalog';

let clone: Clone;
let app: AppProcess;

const start = () => startAppProcess({}, { script: 'scripts/start.ts', root: clone.folder });
const added = () => join(clone.folder, '.data/moved', MODULE);
const products = async () => (await app.send('GET', '/products')).body.items as { sku: string }[];

/** Runs one verb, and tells what it printed as JSON. */
async function extract(words: string): Promise<{ stage?: string; findings?: unknown[] }> {
  const command = `npm run --silent extract-module -- ${MODULE} ${words} --only data --json`;
  const { status, stdout, stderr } = await clone.run(command);
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as object;
}

beforeAll(async () => {
  clone = makeClone();
  app = await start();
});
afterAll(async () => {
  await killProcess(app);
  await waitFor(() => !existsSync(join(clone.folder, '.data/postgres/data/postmaster.pid')));
  clone.remove();
});

describe('a second embedded server', () => {
  it('is there for a plan, and gone when nothing has come of it', async () => {
    await extract('plan --target embedded');
    await waitFor(() => !existsSync(added()));
  });

  it('takes the rows, and runs as long as the app', async () => {
    const before = await products();
    expect(before.length).toBeGreaterThan(0);
    await extract('prepare --target embedded');
    await extract('copy');
    expect(await extract('cutover')).toMatchObject({ stage: 'away' });
    expect(await products()).toEqual(before);

    await killProcess(app);
    await waitFor(() => !existsSync(join(added(), 'data/postmaster.pid')));
    app = await start();
    expect(await products()).toEqual(before);
    const offered = { sku: 'NEW', name: 'New', price: { amount: 100, currency: 'EUR' } };
    expect((await app.send('POST', '/products', offered)).status).toBe(201);
  });

  it('gives back what was written there, and goes with its data', async () => {
    await extract('rollback');
    expect((await products()).map(({ sku }) => sku)).toContain('NEW');
    await extract('abort');
    await waitFor(() => !existsSync(added()));
    expect((await products()).map(({ sku }) => sku)).toContain('NEW');
  });

  it('is refused where DATABASE_URL names the first one', async () => {
    const plan = `npm run --silent extract-module -- ${MODULE} plan --target embedded`;
    const { adminUrl: DATABASE_URL, secret: DATABASE_SECRET } = testProject();
    const { status, stderr } = await clone.run(plan, { DATABASE_URL, DATABASE_SECRET });
    expect(status).toBe(2);
    expect(stderr).toContain('A second embedded server goes with an embedded one only');
    expect(existsSync(added())).toBe(false);
  });

  it('goes with everything else when the database is begun anew', async () => {
    await extract('prepare --target embedded');
    await extract('copy');
    await extract('cutover');
    await extract('finish --yes');
    await killProcess(app);
    const reset = await clone.run(`npm run --silent db:reset -- --database ${projectName}`);
    expect(reset.status).toBe(0);
    expect(reset.stderr).toContain(`the embedded server of "${MODULE}" is gone`);
    expect(existsSync(added())).toBe(false);
    app = await start();
    expect((await products()).map(({ sku }) => sku)).not.toContain('NEW');
  });
});
// only: end
