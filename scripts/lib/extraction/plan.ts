import { loginRole } from '#platform/database/names';
import type { Manifest } from '#platform/manifest';
import { withMaintenance } from '../provision/connection.js';
import { databaseOf } from '../provision/target.js';
import { isSameServer, type Move } from './move.js';
import { type Finding, findingsOf, type TargetFacts } from './preflight.js';
import { readHomeFacts, readMeans } from './preflight-facts.js';
import { notedPlace } from './journal.js';
import { Side, isSamePlace } from './side.js';

/** What a move would be, and what stands in its way. */
export interface Readiness {
  readonly module: string;
  /** Modules whose manifests say so. */
  readonly calls: readonly string[];
  readonly calledBy: readonly string[];
  readonly hears: readonly string[];
  readonly heardBy: readonly string[];
  readonly tables: readonly { name: string; rows: number; bytes: number }[];
  readonly findings: readonly Finding[];
}

/** Looks at both sides, and says everything at once. Changes nothing. */
export async function readiness(move: Move, manifests: readonly Manifest[]): Promise<Readiness> {
  const { module, home } = move;
  const { name: project } = move.request.project;
  const roles = [loginRole(project, module), move.ownerRole];
  const facts = await readHomeFacts(home, module, roles, Object.values(move.names));
  const own = manifests.find(({ name }) => name === module);
  const naming = (list: 'calls' | 'hears') =>
    manifests.filter((manifest) => manifest[list].includes(module)).map(({ name }) => name);
  return {
    module,
    calls: own?.calls ?? [],
    calledBy: naming('calls'),
    hears: own?.hears ?? [],
    heardBy: naming('hears'),
    tables: facts.tables
      .filter(({ name }) => name !== 'marker')
      .map(({ name, estimate, bytes }) => ({ name, rows: estimate, bytes })),
    findings: findingsOf(facts, await targetFacts(move), move.ownerRole),
  };
}

async function targetFacts(move: Move): Promise<TargetFacts | undefined> {
  const { target, home, awayIfThere: away, module } = move;
  if (target === undefined) return undefined;
  const sameServer = await isSameServer(home, target);
  const sameDatabase = sameServer && databaseOf(target) === databaseOf(home.url);
  const means = away ? await readMeans(away) : await meansOfServer(target);
  const noted = await notedPlace(home, module);
  const ours = noted !== undefined && isSamePlace(noted, target);
  const strangeTables = away && !ours && !sameDatabase ? await countTables(away, module) : 0;
  return { ...means, sameServer, sameDatabase, strangeTables };
}

/** Of a server on which the database is still to be made: it will have what a new one has. */
const meansOfServer = (url: string) =>
  withMaintenance(url, async () => {
    const database = new URL(url);
    database.pathname = '/template1';
    return Side.with('away', database.href, readMeans);
  });

async function countTables(side: Side, module: string): Promise<number> {
  const { count } = await side.row<{ count: number }>(
    'select count(*)::int as count from pg_tables where schemaname = $1',
    [module],
  );
  return count;
}
