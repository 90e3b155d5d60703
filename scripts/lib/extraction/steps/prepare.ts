import { faultPoint } from '#platform/fault';
import { CliError, listed } from '../../cli.js';
import { migrate, targetsOf } from '../../migrations/index.js';
import { provision, provisionSecondDatabase } from '../../provision/index.js';
import { name as quoted } from '../../provision/statement.js';
import { putFence, removeFence } from '../sides/fence.js';
import { schemaDifferences } from './fingerprint.js';
import { note } from '../sides/journal.js';
import { isSameServer, type Move, type MoveRequest, withMove } from '../sides/move.js';
import { joinOwner } from '../readiness/privileges.js';
import { placeOf } from '../sides/side.js';
import type { TableSight } from '../sides/sight.js';
import { freshEpoch } from '../sides/stage.js';

const MINUTE = 60_000;

/**
 * Makes the other database ready: roles, grants and limits as at home, the schema by the module's
 * own migrations, empty and closed. At home nothing changes. Done again it mends what is missing.
 *
 * @throws {CliError} when it cannot be made there, or its schema is not the same
 */
export async function prepare(move: Move): Promise<void> {
  const { request, home, module, target } = move;
  if (target === undefined) throw noTarget(module);
  const admins = [home.url, target].map((url) => decodeURIComponent(new URL(url).username));
  await note(home, module, 'prepare', 'begun', { place: placeOf(target), admins });
  await joinOwner(home, move.ownerRole);
  await provisionTarget(move, target);
  request.say('the other database is provisioned');
  const { secret, name } = request.project;
  await migrate(targetsOf({ adminUrl: target, secret }, name, [module]), {
    prismaFolder: request.prismaFolder,
  });
  request.say('its schema is migrated');
  await faultPoint('move.prepared');
}

/** The rest of it, once the other database is there and locked: empties it, and closes it. */
export async function closeAway(request: MoveRequest): Promise<void> {
  await withMove(request, 'change', async (move) => {
    const { home, away, module } = move;
    const sight = await move.look();
    if (sight.stage !== 'none') return;
    await joinOwner(away, move.ownerRole);
    await truncate(move, sight.away.tables);
    const deadline = performance.now() + MINUTE;
    await putFence([away], module, sight.away.tables, freshEpoch(sight), deadline);
    await refuseDifferences(move);
    await note(home, module, 'prepare', 'done', { tables: sight.away.tables.length });
    request.say(`${sight.away.tables.length} tables are there, empty and closed`);
  });
}

const noTarget = (module: string) =>
  new CliError(
    `Where "${module}" is to go was not said.`,
    `npm run extract-module -- ${module} prepare --target ${module}_apart makes one on the same server; for another server give an admin URL such as postgres://role:password@host:5432/database.`,
    2,
  );

async function provisionTarget({ home, request, module }: Move, target: string): Promise<void> {
  const { secret, name: project } = request.project;
  const { poolSize } = request;
  // Roles belong to a server, and on this one they are the first database's already.
  if (await isSameServer(home, target)) await provisionSecondDatabase(target, project, [module]);
  else await provision({ adminUrl: target, project, modules: [module], secret, poolSize });
}

/** Rows that migrations have put there come with the others. */
async function truncate({ away, module }: Move, tables: readonly TableSight[]): Promise<void> {
  // An earlier try may have closed some of them.
  await removeFence(away, module, tables);
  const list = tables.map(({ name }) => `${quoted(module)}.${quoted(name)}`).join(', ');
  await away.client.query(`truncate ${list}`);
}

/** @throws {CliError} naming all that is not the same in the two schemas */
export async function refuseDifferences({ home, away, module }: Move): Promise<void> {
  const differences = await schemaDifferences(home, away, module);
  if (differences.length === 0) return;
  throw new CliError(
    `The schema "${module}" is not the same on both sides:${listed(differences)}`,
    `Bring it in order by migrations: npm run db:status -- ${module}. One that was applied after the copy had begun takes an abort and a new beginning.`,
  );
}
