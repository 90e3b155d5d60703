import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { urlWith } from '#platform/database/names';
import { auditDatabase, expectationOf } from '../../scripts/lib/audit/index.js';
import { type EmbeddedLease, startScratchServer } from '../../scripts/lib/embedded/index.js';
import { projectName, readProjectModules, rootFolder } from '../../scripts/lib/project.js';
import { setUp } from '../../scripts/lib/set-up.js';
import { testProject } from '../support/test-project.js';
import { POOL_SIZE } from '../support/test-server.js';

const modules = readProjectModules();
let server: EmbeddedLease;
let adminUrl: string;
let auditor: string;
let admin: pg.Client;

beforeAll(async () => {
  server = await startScratchServer();
  adminUrl = urlWith(server.url, { database: projectName });
  const secret = 'one secret'.padEnd(40, '.');
  await setUp({ adminUrl, secret, name: projectName, modules }, { poolSize: 5 });
  admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  await admin.query(
    `create role auditor login password 'auditor'; grant connect on database "${projectName}" to auditor;
     create role outsider login password 'outsider'`,
  );
  auditor = urlWith(adminUrl, { user: 'auditor', password: 'auditor' });
});
afterAll(async () => {
  await admin.end();
  await server.release();
});

/** Runs the command as a process of its own. */
async function audit(args: string[], environment: Record<string, string> = {}) {
  const unset = { DATABASE_URL: '', POOL_SIZE: '', NODE_OPTIONS: '' };
  const child = spawn(
    process.execPath,
    [
      '--conditions=bulkhead-source',
      '--import=./scripts/lib/typescript.mjs',
      'scripts/db-audit.ts',
      ...args,
    ],
    { cwd: rootFolder, env: { ...process.env, ...unset, ...environment } },
  );
  const ended = new Promise((resolve) => child.once('close', resolve));
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await ended, output, errors };
}

describe('npm run db:audit', () => {
  it('exits 0 on a database that is as it should be, and says what it did not look at', async () => {
    const { code, output } = await audit(['--url', auditor]);
    expect(output).toMatch(/^Nothing found\. Not looked at: other databases/);
    expect(code).toBe(0);
  });

  it('prints an empty array then, as JSON', async () => {
    const { code, output } = await audit(['--json'], { DATABASE_URL: adminUrl });
    expect(JSON.parse(output)).toEqual([]);
    expect(code).toBe(0);
  });

  it('exits 1 on findings, grouped by rule with the statement that repairs each', async () => {
    await admin.query('create schema far');
    try {
      const { code, output } = await audit(['--url', auditor]);
      expect(output).toContain(
        'unknown-schema: Nobody is responsible for it, and modules could meet there.\n' +
          '  - schema far, with 0 objects, belongs to no module\n    DROP SCHEMA far;\n',
      );
      expect(output).toContain('1 finding(s).');
      expect(output).toContain('See docs/resolving-violations.md#audit');
      expect(code).toBe(1);
      const json = await audit(['--url', auditor, '--json']);
      expect(JSON.parse(json.output)).toMatchObject([{ rule: 'unknown-schema', where: 'far' }]);
      expect(json.code).toBe(1);
    } finally {
      await admin.query('drop schema far');
    }
  });

  it('expects the connection limits that POOL_SIZE asks for', async () => {
    const { code, output } = await audit(['--url', auditor], { POOL_SIZE: '7' });
    expect(output).toContain(
      `${projectName}_${modules[0]} may hold 10 connections, not 14 (${modules[0]})\n` +
        `    ALTER ROLE ${projectName}_${modules[0]} CONNECTION LIMIT 14;\n`,
    );
    expect(code).toBe(1);
  });

  it.each([
    [
      'the role may not connect',
      () => urlWith(auditor, { user: 'outsider', password: 'outsider' }),
    ],
    ['the password is wrong', () => urlWith(auditor, { password: 'hunter2' })],
    ['there is no such database', () => urlWith(auditor, { database: 'nowhere' })],
    ['nothing answers', () => auditor.replace(/:\d+\//, ':1/')],
    ['the URL is none', () => 'nonsense'],
  ])('exits 2 when %s', async (_title, url) => {
    const { code, output, errors } = await audit(['--url', url()]);
    expect(output).toBe('');
    expect(errors).toMatch(/could not be audited|is no URL/);
    expect(errors).not.toContain('hunter2');
    expect(code).toBe(2);
  });
});

describe('the database of the tests, as this repository provisions and migrates it', () => {
  it('is clean in the eyes of its own admin', async () => {
    const { adminUrl: url, name, modules: names } = testProject();
    expect(await auditDatabase(url, expectationOf(name, names, POOL_SIZE))).toEqual([]);
  });
});
