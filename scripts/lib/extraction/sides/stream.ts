import { setTimeout as pause } from 'node:timers/promises';
import { CliError } from '../../cli.js';
import { literal, name as quoted } from '../../provision/statement.js';
import type { SideSight, SubscriptionSight } from './sight.js';
import type { Side } from './side.js';

/** One direction in which a module's rows are copied. */
export interface Stream {
  /** Of its publication, its slot and its subscription alike. */
  readonly name: string;
  readonly from: Side;
  readonly to: Side;
}

interface Begin {
  readonly module: string;
  /** Whether rows that are there already are copied too, and whether it runs at once. */
  readonly copy: boolean;
  /** By which the subscriber reaches the source; the source's own URL unless it is given. */
  readonly url?: string;
}

/** Milliseconds that a slot waits for the transactions that write at the time. */
const SLOT_PATIENCE = 20_000;

/**
 * Makes what of a stream is missing: publication, slot and subscription, in that order. The slot
 * comes by itself, since a subscription that makes its own waits for itself on one server.
 *
 * @param seen what both ends have of it
 * @throws {CliError} when transactions that stay open keep the slot from being made
 */
export async function makeStream(
  { name, from, to }: Stream,
  seen: { from: SideSight; to: SideSight },
  { module, copy, url = from.url }: Begin,
): Promise<void> {
  if (!seen.from.publications.includes(name)) await publish(from, name, module, seen.from);
  if (!(name in seen.from.slots)) await makeSlot(from, name);
  const found = seen.to.subscriptions[name];
  if (found?.detour || (found && url !== from.url)) await connectBy({ name, from, to }, url);
  if (found) return;
  const options = [
    ...[`enabled = ${copy}`, `copy_data = ${copy}`, 'create_slot = false'],
    `slot_name = ${literal(name)}`,
    // What the other stream has brought here does not go back; on 15 the origin's advance sees to it.
    ...((await to.nature()).version >= 16 ? ["origin = 'none'"] : []),
  ];
  await to.client.query(
    `create subscription ${quoted(name)} connection ${literal(url)}
     publication ${quoted(name)} with (${options.join(', ')});
     ${markDetour({ name, from }, url)}`,
  );
}

/** Lets a stream's subscriber reach its source by a URL; it goes on at once if that is new. */
export async function connectBy({ name, from, to }: Stream, url = from.url): Promise<void> {
  await to.client.query(
    `alter subscription ${quoted(name)} connection ${literal(url)};
     ${markDetour({ name, from }, url)}`,
  );
}

/** Where it leads to, only a superuser could read. */
const markDetour = ({ name, from }: Pick<Stream, 'name' | 'from'>, url: string) =>
  `comment on subscription ${quoted(name)} is ${url === from.url ? 'null' : "'through a mover'"}`;

/** By name, since what a module adds later would silently be left out of a publication of its schema. */
async function publish(from: Side, name: string, module: string, seen: SideSight): Promise<void> {
  const tables = [...seen.tables.filter(({ holdsRows }) => holdsRows), { name: 'marker' }];
  const list = tables.map((table) => `${quoted(module)}.${quoted(table.name)}`).join(', ');
  await from.client.query(`create publication ${quoted(name)} for table ${list}`);
}

async function makeSlot(from: Side, name: string): Promise<void> {
  try {
    await from.client.query(`set statement_timeout = ${SLOT_PATIENCE}`);
    await from.rows("select pg_create_logical_replication_slot($1, 'pgoutput')", [name]);
  } catch (error) {
    if ((error as { code?: string }).code !== '57014') throw error;
    throw new CliError(
      `Transactions that write stay open on the server, and the copy cannot begin before they have ended.`,
      'See who it is: select pid, datname, xact_start, query from pg_stat_activity where backend_xid is not null',
      1,
      { cause: error },
    );
  } finally {
    await from.client.query('set statement_timeout = 0');
  }
}

/**
 * Takes a stream away, in the order that leaves nothing behind wherever it is interrupted: the
 * subscription tells the names of the slots that its copying has made, so it goes last.
 */
export async function dropStream(
  { name, from, to }: Stream,
  seen: SubscriptionSight | undefined,
): Promise<void> {
  if (seen !== undefined) {
    await to.client.query(`alter subscription ${quoted(name)} disable`);
    await until(
      to,
      'select where not exists (select from pg_stat_subscription where subid = $1 and pid is not null)',
      seen.oid,
    );
  }
  await dropSlots(from, name, seen ? await copyingSlots(to, seen.oid) : '');
  if (seen !== undefined) {
    await to.client.query(`alter subscription ${quoted(name)} set (slot_name = none)`);
    await to.client.query(`drop subscription ${quoted(name)}`);
  }
  await from.client.query(`drop publication if exists ${quoted(name)}`);
}

/** How the slots are called that a subscription's copying makes. Its number alone other servers use, too. */
async function copyingSlots(to: Side, subscription: number): Promise<string> {
  const { server } = await to.row<{ server: string }>(
    'select system_identifier::text as server from pg_control_system()',
  );
  return `pg\\_${subscription}\\_sync\\_%\\_${server}`;
}

async function dropSlots(from: Side, name: string, copying: string): Promise<void> {
  const mine = `(slot_name = ${literal(name)} or slot_name like ${literal(copying)})`;
  await until(
    from,
    `select where not exists (select from pg_replication_slots where ${mine} and active)`,
  );
  await from.rows(
    `select pg_drop_replication_slot(slot_name) from pg_replication_slots where ${mine}`,
  );
}

/** Workers end within a moment of being told to. */
async function until(side: Side, question: string, value?: number): Promise<void> {
  const deadline = performance.now() + 30_000;
  while ((await side.rows(question, value === undefined ? [] : [value])).length === 0) {
    if (performance.now() > deadline) {
      throw new CliError(
        `A replication worker of ${side.name} has not ended within 30 s.`,
        'Repeat the command; pg_stat_activity shows what it waits for.',
      );
    }
    await pause(5);
  }
}

/** Lets a stream that was only armed run. */
export const enableStream = ({ name, to }: Stream): Promise<unknown> =>
  to.client.query(`alter subscription ${quoted(name)} enable`);

/**
 * Lets a stream that is only armed begin behind all that its source has now. On 15 nothing else
 * keeps what came from here from coming back; the origin is kept in the log, a slot's advance is not.
 */
export async function startFromHere({ from, to }: Stream, seen: SubscriptionSight): Promise<void> {
  const [allowed] = await to.rows(
    "select where has_function_privilege('pg_replication_origin_advance(text, pg_lsn)', 'execute')",
  );
  if (!allowed) return;
  const lsn = await from.lsn();
  await to.rows('select pg_replication_origin_advance($1, $2)', [`pg_${seen.oid}`, lsn]);
}
