// only: inventory, orders, reporting
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { urlWith } from '#platform/database/names';
import { type EmbeddedLease, startScratchServer } from '../../scripts/lib/embedded/index.js';
import { projectName, readProjectModules } from '../../scripts/lib/project.js';
import { setUp } from '../../scripts/lib/set-up.js';
import { type Clone, makeClone, type Ran } from '../support/clone.js';

const MODULE = 'inventory';
const CALLER = 'src/modules/orders/module.json';
const secret = 'the secret of both projects'.padEnd(40, '.');

let server: EmbeddedLease;
let clone: Clone;

beforeAll(async () => {
  server = await startScratchServer();
  const modules = readProjectModules();
  await setUp({ adminUrl: adminUrl(), secret, name: projectName, modules }, { poolSize: 10 });
  clone = makeClone();
  clone.commit();
});
afterAll(async () => {
  clone.remove();
  await server.release();
});

const adminUrl = () => urlWith(server.url, { database: projectName });

const plan = (words = ''): Promise<Ran> =>
  clone.run(`npm run --silent extract-module -- ${MODULE} plan ${words}`, {
    DATABASE_URL: adminUrl(),
    DATABASE_SECRET: secret,
  });

const inClone = (path: string) => join(clone.folder, path);

/** Does something while a file of the clone has another text. */
async function whileChanged<T>(
  path: string,
  change: (text: string) => string,
  work: () => Promise<T>,
): Promise<T> {
  const text = readFileSync(inClone(path), 'utf8');
  writeFileSync(inClone(path), change(text));
  return work().finally(() => writeFileSync(inClone(path), text));
}

/** The sections of a report, in their order, of which none depends on another. */
const SECTIONS =
  /^inventory: \d+ tables.*\nTo be mended first:.*\nTo be weighed:.*\nWhen it does not answer:.*GET \/stock\/:sku is.*\nThe source /s;

describe('the plan of all moves', () => {
  it('ends with 0 when rows and source can go', async () => {
    const { status, stdout, stderr } = await plan();
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(SECTIONS);
    expect(stdout).toMatch(
      /\nThe source goes to services\/inventory: \d+ paths written or removed;/,
    );
  });

  it('says the same as JSON', async () => {
    const { status, stdout } = await plan('--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      module: MODULE,
      findings: [],
      calledBy: ['orders'],
      impact: { routes: expect.arrayContaining(['GET /stock/:sku']), heardBy: ['reporting'] },
      source: { out: 'services/inventory' },
    });
  });
});

describe('the plan of all moves, while something is not committed,', () => {
  const changed = (words?: string) =>
    whileChanged(
      'README.md',
      (text) => `${text}\n`,
      () => plan(words),
    );

  it('ends with 1 and says all it has found, with both ways out', async () => {
    const { status, stdout, stderr } = await changed();
    expect([status, stderr]).toEqual([1, '']);
    expect(stdout).toMatch(SECTIONS);
    expect(stdout).toContain(
      'The source cannot go yet, and "finish" will refuse. Something is not committed, and could not be told apart afterwards:\n  -  M README.md\n    Commit or stash it; or, if it may be mixed with what this changes: --force\n    Or let the rows go alone: npm run extract-module -- inventory --only data\n',
    );
  });

  it('says the same as JSON', async () => {
    const { status, stdout } = await changed('--json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      findings: [],
      source: { refusal: { fact: expect.stringContaining('README.md') } },
    });
  });

  it('ends with 0 after all when the rows are to go alone', async () => {
    const { status, stdout } = await changed('--only data');
    expect(status).toBe(0);
    expect(stdout).toContain('\nThe source stays here.\n');
  });
});

describe('the plan of a module in an app that cannot be loaded', () => {
  const undeclared = (words: string) =>
    whileChanged(
      CALLER,
      (text) => text.replace(`"${MODULE}", `, ''),
      () => plan(words),
    );

  it('names a dependency that is not declared among all that it finds', async () => {
    const { status, stdout } = await undeclared('--json --force');
    expect(status).toBe(1);
    const { findings, tables, impact } = JSON.parse(stdout) as Record<string, unknown[]>;
    expect(tables).not.toEqual([]);
    expect(impact).not.toHaveProperty('routes');
    expect(findings).toEqual([
      {
        rule: 'undeclared-dependency',
        level: 'refusal',
        fact: expect.stringContaining(
          `" asks for the contract of "${MODULE}", undeclared in ${CALLER}`,
        ),
        remedy: expect.stringContaining('npm run lint:boundaries'),
      },
    ]);
  });

  it('says of its process what can be said', async () => {
    const { status, stdout } = await undeclared('--only process');
    expect(status).toBe(0);
    expect(stdout).toContain('its routes are not known, since the app cannot be loaded');
    expect(stdout).toContain('- reporting falls behind, and catches up afterwards\n');
  });

  it('says what else keeps it from that', async () => {
    const { status, stdout } = await whileChanged(
      'src/modules/orders/orders.module.ts',
      (text) => `${text}\nthrow new Error('a broken module');\n`,
      () => plan('--force'),
    );
    expect(status).toBe(1);
    expect(stdout).toMatch(/\n {2}- app: The app cannot be loaded: Error: a broken module\n/);
  });
});
// only: end
