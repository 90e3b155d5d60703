import { loginRole } from '#platform/database/names';
import type { Manifest } from '#platform/manifest';
import { CliError } from '../../cli.js';
import { auditDatabase, expectationOf } from '../../audit/index.js';
import { isDrift } from '../../audit/report.js';
import { withMaintenance } from '../../provision/connection.js';
import { isSameDatabase, isSameServer, type Move } from '../sides/move.js';
import type { Finding } from './finding.js';
import { naming } from './impact.js';
import { diskFor, findingsOf } from './preflight.js';
import { type HomeFacts, readHomeFacts, readMeans, type TargetFacts } from './preflight-facts.js';
import { leadsTo } from '../sides/journal.js';
import { Side } from '../sides/side.js';
import { doorOf, meaning } from '../sides/stage.js';
import { freeDisk, leastSeconds } from './size.js';

/** What a move would be, and what stands in its way. */
export interface Readiness {
  readonly module: string;
  /** Modules whose manifests say so. */
  readonly calls: readonly string[];
  readonly calledBy: readonly string[];
  readonly hears: readonly string[];
  readonly heardBy: readonly string[];
  readonly tables: readonly { name: string; rows: number; bytes: number }[];
  /** Bytes that the copy takes at most, and those that are free there if that can be seen. */
  readonly disk: { readonly needed: number; readonly free: number | undefined };
  /** An estimate of the seconds that copying takes at least. */
  readonly seconds: number | undefined;
  readonly findings: readonly Finding[];
}

const CROSSING = /^cross-schema-|^opaque-body$/;
const APART =
  'Take it apart: what is in two databases cannot refer to each other. npm run db:audit';

/** Looks at both sides, and says everything at once. Changes nothing. */
export async function readiness(move: Move, manifests: readonly Manifest[]): Promise<Readiness> {
  const { module, home } = move;
  const { facts, target, findings } = await survey(move);
  const own = manifests.find(({ name }) => name === module);
  return {
    module,
    calls: own?.calls ?? [],
    calledBy: naming(manifests, 'calls', module),
    hears: own?.hears ?? [],
    heardBy: naming(manifests, 'hears', module),
    tables: facts.tables
      .filter(({ name }) => name !== 'marker')
      .map(({ name, estimate, bytes }) => ({ name, rows: estimate, bytes })),
    disk: { needed: diskFor(facts.tables), free: target?.freeDisk },
    seconds: await leastSeconds(home, module, facts.tables),
    findings,
  };
}

/** What stands in the way of a move. */
export const findingsFor = async (move: Move): Promise<readonly Finding[]> =>
  (await survey(move)).findings;

interface Survey {
  readonly facts: HomeFacts;
  readonly target: TargetFacts | undefined;
  readonly findings: readonly Finding[];
}

async function survey(move: Move): Promise<Survey> {
  const { module, home, ownerRole: owner } = move;
  await refuseNoRows(move);
  const roles = [loginRole(move.request.project.name, module), owner];
  const facts = await readHomeFacts(home, module, roles, Object.values(move.names));
  const target = await targetFacts(move);
  const findings = [...findingsOf(facts, target, owner), ...(await crossing(move))];
  return { facts, target, findings };
}

/** @throws {CliError} when there is nothing at home that could go */
async function refuseNoRows(move: Move): Promise<void> {
  const { home, stage } = await move.look();
  if (doorOf(home) !== 'absent') return;
  const { module } = move;
  if (stage === 'finishing' || stage === 'finished') {
    throw new CliError(
      `There is nothing to plan for the rows of "${module}": ${meaning[stage].is}.`,
      `npm run extract-module -- ${module} status says where they are.`,
    );
  }
  throw new CliError(
    `The database has no tables of "${module}".`,
    'npm run db:provision && npm run db:migrate',
    2,
  );
}

/** What refers from the module's schema to another one, or the other way round, by the audit's rules. */
async function crossing({ home, module, request }: Move): Promise<Finding[]> {
  const { name, modules } = request.project;
  const found = await auditDatabase(home.url, expectationOf(name, modules, request.poolSize));
  return found
    .filter((each) => isDrift(each) && each.modules.includes(module) && CROSSING.test(each.rule))
    .map(({ what }) => ({ rule: 'crossing', level: 'refusal', fact: what, remedy: APART }));
}

async function targetFacts(move: Move): Promise<TargetFacts | undefined> {
  const { target, home, awayIfThere: away, module } = move;
  if (target === undefined) return undefined;
  const sameServer = await isSameServer(home, target);
  const sameDatabase = await isSameDatabase(home, target);
  const means = away ? await meansOf(away) : await meansOfServer(target);
  const ours = await leadsTo(home, module, target);
  const strangers = away && !ours && !sameDatabase ? await countObjects(away, module) : 0;
  return { ...means, sameServer, sameDatabase, strangers };
}

const meansOf = async (side: Side) => ({
  ...(await readMeans(side)),
  freeDisk: await freeDisk(side),
});

/** Of a server on which the database is still to be made: it will have what a new one has. */
const meansOfServer = (url: string) =>
  withMaintenance(url, async () => {
    const database = new URL(url);
    database.pathname = '/template1';
    return Side.with('away', database.href, meansOf);
  });

/** Relations, routines and types of their own in a schema of the module's name. */
async function countObjects(side: Side, module: string): Promise<number> {
  const { count } = await side.row<{ count: number }>(
    `with there as (select oid from pg_namespace where nspname = $1)
     select ((select count(*) from pg_class where relnamespace in (table there) and relkind <> 'i')
       + (select count(*) from pg_proc where pronamespace in (table there))
       + (select count(*) from pg_type where typnamespace in (table there) and typtype in ('d', 'e')))::int
       as count`,
    [module],
  );
  return count;
}
