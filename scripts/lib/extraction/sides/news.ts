import { setTimeout as pause } from 'node:timers/promises';
import { loginRole } from '#platform/database/names';
import { literal } from '../../provision/statement.js';
import type { Move } from './move.js';
import { placeOf, type Side, type SideName } from './side.js';

/** Milliseconds within which processes that are well have heard, and have connected. */
const PATIENCE = 2_000;

const placeAt = (move: Move, side: SideName) =>
  side === 'home' ? 'null' : literal(placeOf(move.away.url));

/**
 * Tells everybody where the module's rows are from this epoch on. What is sent at once is one
 * transaction, and leaves none behind when it fails.
 */
export async function flip(move: Move, side: SideName, epoch: number): Promise<void> {
  const [module, database] = [literal(move.module), placeAt(move, side)];
  await move.home.client.query(`
    insert into platform.placement as now (module, epoch, database, changed_at)
      values (${module}, ${epoch}, ${database}, clock_timestamp())
      on conflict (module) do update
      set epoch = excluded.epoch, database = excluded.database, changed_at = excluded.changed_at,
        next_epoch = null, next_database = null
      where now.epoch < excluded.epoch;
    select pg_notify('placement', ${module})`);
}

/**
 * Says where the module's rows are about to be, and waits until its processes have as many connections
 * there as they have where the rows are; a while at most, since nothing depends on it but the pause.
 */
export async function announce(move: Move, target: SideName, epoch: number): Promise<void> {
  const [module, database] = [literal(move.module), placeAt(move, target)];
  await move.home.client.query(`
    insert into platform.placement as now (module, next_epoch, next_database)
      values (${module}, ${epoch}, ${database})
      on conflict (module) do update
      set next_epoch = excluded.next_epoch, next_database = excluded.next_database;
    select pg_notify('placement', ${module})`);
  const [there, here] = target === 'home' ? [move.home, move.away] : [move.away, move.home];
  const deadline = performance.now() + PATIENCE;
  while (performance.now() < deadline) {
    const [ready, working] = await Promise.all([there, here].map((side) => sessions(move, side)));
    if ((ready as number) >= (working as number)) return;
    await pause(20);
  }
}

/** Takes back what was announced. */
export async function withdraw({ home, module }: Move): Promise<void> {
  await home.rows(
    `with withdrawn as (
       update platform.placement set next_epoch = null, next_database = null
       where module = $1 and next_epoch is not null returning module)
     select pg_notify('placement', module) from withdrawn`,
    [module],
  );
}

async function sessions({ request, module }: Move, side: Side): Promise<number> {
  const { count } = await side.row<{ count: number }>(
    `select count(*)::int as count from pg_stat_activity
     where datname = current_database() and usename = $1 and application_name = $2`,
    [loginRole(request.project.name, module), module],
  );
  return count;
}
