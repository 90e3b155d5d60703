import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { urlWith } from '#platform/database/names';
import { type EmbeddedLease, startScratchServer } from '../../scripts/lib/embedded/index.js';
import { projectName, readProjectModules } from '../../scripts/lib/project.js';
import type { Project } from '../../scripts/lib/set-up.js';
import { type AppProcess, killProcess, startAppProcess } from '../platform/app-process.js';
import { type Clone, makeClone } from '../support/clone.js';
import { Shop, Surroundings } from '../support/shop.js';

const MODULE = 'catalog';
const NOWHERE = 'http://127.0.0.1:9';
const secret = 'the secret of both projects'.padEnd(40, '.');

let server: EmbeddedLease;
let clone: Clone;
let around: Surroundings;
let project: Project;
const running: AppProcess[] = [];

const operator = () => ({ DATABASE_URL: project.adminUrl, DATABASE_SECRET: secret });
const extract = (words: string) =>
  clone.run(`npm run --silent extract-module -- ${MODULE} ${words}`, operator());
const stage = async () =>
  (JSON.parse((await extract('status --json')).stdout) as { stage: string }).stage;
const service = () => join(clone.folder, 'services', MODULE);
const inService = (command: string) => clone.run(`cd ${service()} && ${command}`);

async function start(root: string, change: Record<string, string> = {}): Promise<AppProcess> {
  const app = await startAppProcess({ ...around.environment, ...change }, { project, root });
  running.push(app);
  return app;
}

/** What one of the two processes is told, by the lines that are printed for it. */
async function told(process: string): Promise<Record<string, string>> {
  const { stdout } = await extract('prepare --only process --json');
  const lines = (JSON.parse(stdout) as Record<string, string[]>)[process] as string[];
  return parseEnv(lines.join('\n')) as Record<string, string>;
}

beforeAll(async () => {
  clone = makeClone();
  clone.commit();
  server = await startScratchServer();
  const adminUrl = urlWith(server.url, { database: projectName });
  project = { adminUrl, secret, name: projectName, modules: readProjectModules() };
  around = await Surroundings.set();
  const set = await clone.run('npm run db:provision && npm run db:migrate', operator());
  expect(set.status).toBe(0);
});
afterAll(async () => {
  await Promise.all(running.map(killProcess));
  await around.close();
  await server.release();
  clone.remove();
});

describe('a module that leaves with its rows', () => {
  let app: AppProcess;
  let shop: Shop;
  let customer: string;

  beforeAll(async () => {
    app = await start(clone.folder);
    shop = new Shop(app.send);
    customer = await shop.customer();
  });

  /** Offers a product and sells it, which asks both the module and those that hear it. */
  async function sell(): Promise<string> {
    const sku = await shop.product();
    return (await shop.buy(customer, [{ sku, quantity: 1 }])).status as string;
  }

  it('lets its rows go while it sells, and is not finished with while the source cannot go', async () => {
    let lasts = true;
    const sold: Promise<string[]> = (async () => {
      const statuses = [];
      while (lasts) statuses.push(await sell());
      return statuses;
    })();
    await clone.run('echo >> README.md');
    const walked = await extract('--target shop_catalog --yes');
    lasts = false;
    expect(new Set(await sold)).toEqual(new Set(['confirmed']));
    expect(walked.status).toBe(1);
    expect(walked.stderr).toContain(
      'Nothing was finished, since the source cannot go. Something is not committed',
    );
    expect(walked.stderr).toContain(`extract-module -- ${MODULE} finish --only data`);
    expect(await stage()).toBe('away');
    await clone.run('git checkout README.md');
  });

  it('goes on with the source where nothing but the rows was finished', async () => {
    const dry = await extract('finish --dry-run');
    expect(dry).toMatchObject({ status: 0, stdout: expect.stringMatching(/^create services\//) });
    expect((await extract('finish --only data --yes')).status).toBe(0);
    expect(await stage()).toBe('finished');
    const finished = await extract('finish --yes');
    expect(finished.status).toBe(0);
    const [paths = ''] = dry.stdout.split('\ndiff --git ');
    expect(finished.stdout).toContain(paths);
    const again = await extract('--yes');
    expect(again.status).toBe(0);
    expect(again.stdout).toContain(`Nothing is left: the source is in services/${MODULE}.`);
    expect(await sell()).toBe('confirmed');
  });

  it('is a project whose types and tests pass', async () => {
    expect(await inService('npm run --silent prisma:generate')).toMatchObject({ status: 0 });
    expect(await inService('npm run --silent types')).toMatchObject({ status: 0, stdout: '' });
    expect(await clone.run('npm run --silent types')).toMatchObject({ status: 0, stdout: '' });
    const tested = await inService('npm test -- --maxWorkers=1 test/modules');
    expect(tested).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/Test Suites: (\d+) passed, \1 total/),
    });
  });

  it('is asked where it runs from then on, through the app that it came from', async () => {
    const own = await start(service(), { ...(await told(MODULE)), INTERNAL_PORT: '0' });
    const lead = (url: string) => extract(`cutover --only process --url ${url}`);
    const refused = await lead(own.url.replace('localhost', '127.0.0.1'));
    expect(refused.stderr).toContain(`is the public address of the process that hosts "${MODULE}"`);
    const url = `http://127.0.0.1:${own.internalPort}`;
    expect(await lead(url)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(`^cutover: "${MODULE}" is at ${url}\n`),
    });
    await killProcess(app);
    app = await start(clone.folder, { ...(await told('rest')), CATALOG_URL: NOWHERE });
    shop = new Shop(app.send);
    expect(await sell()).toBe('confirmed');
    expect((await extract('status --only process')).stdout).toBe(
      `process: "${MODULE}" is at ${url}\n`,
    );
  });

  it('is away when its process is, and says so', async () => {
    await killProcess(running[1] as AppProcess);
    const answer = await app.send('GET', '/products');
    expect(answer).toMatchObject({ status: 503, body: { code: 'module.unavailable' } });
    expect((await extract('status --only process')).stdout).toContain('Nobody answers at');
    expect((await extract('rollback --only process')).stdout).toBe(
      `rollback: "${MODULE}" is where the configuration of each process says\n`,
    );
  });
});
