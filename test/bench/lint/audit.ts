import pg from 'pg';
import { passwordOf, urlWith } from '#platform/database/names';
import { auditDatabase, expectationOf } from '../../../scripts/lib/audit/index.js';
import { startScratchServer } from '../../../scripts/lib/embedded/index.js';
import { inParallel } from '../../../scripts/lib/in-parallel.js';
import { provision } from '../../../scripts/lib/provision/index.js';

const PROJECT = 'audited';
const POOL_SIZE = 1;
const SECRET = 'bench'.padEnd(40, '.');
const ROUNDS = 3;

/** A table with what tables have: a key, an index, a reference, a default, a check, an enum. */
const table = (index: number) => `
  create table table_${index} (id bigint generated always as identity primary key, name text not null,
    kind kind not null default 'one', parent bigint references table_${Math.max(index - 1, 0)},
    made timestamptz not null default now(), check (name <> ''));
  create index on table_${index} (parent)`;

/**
 * Builds a database of many modules and audits it with the command's own code.
 *
 * @returns the median of three audits, connecting included, in seconds
 * @throws {Error} when the audit finds anything: then it did not do its usual work
 */
export async function timeAudit(modules = 40, tables = 50): Promise<number> {
  const server = await startScratchServer();
  try {
    const names = Array.from({ length: modules }, (_, index) => `module${index}`);
    const adminUrl = urlWith(server.url, { database: PROJECT });
    await provision({
      adminUrl,
      project: PROJECT,
      modules: names,
      secret: SECRET,
      poolSize: POOL_SIZE,
    });
    await inParallel(names, 4, (name) => fill(adminUrl, name, tables));
    const expectation = expectationOf(PROJECT, names, POOL_SIZE);
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const begin = performance.now();
      const [finding] = await auditDatabase(adminUrl, expectation);
      if (finding !== undefined) throw new Error(`The audit found: ${finding.what}`);
      times.push((performance.now() - begin) / 1000);
    }
    return times.sort((one, other) => one - other)[1] as number;
  } finally {
    await server.release();
  }
}

async function fill(adminUrl: string, module: string, tables: number): Promise<void> {
  const user = `${PROJECT}_${module}_owner`;
  const password = passwordOf(SECRET, user);
  const client = new pg.Client({ connectionString: urlWith(adminUrl, { user, password }) });
  await client.connect();
  await client.query("create type kind as enum ('one', 'other')");
  for (let index = 0; index < tables; index += 1) await client.query(table(index));
  await client.end();
}
