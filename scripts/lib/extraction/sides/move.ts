import { randomUUID } from 'node:crypto';
import { postgresUrl } from '#config';
import { ownerRole, urlWith } from '#platform/database/names';
import { streamNames } from '../../audit/move-records.js';
import { CliError } from '../../cli.js';
import { isMissingDatabase, withMaintenance } from '../../provision/connection.js';
import { databaseOf } from '../../provision/target.js';
import type { Project } from '../../set-up.js';
import { notedPlace } from './journal.js';
import { isSamePlace, placeOf, Side, type SideName } from './side.js';
import { lookAt, NOTHING, type SideSight } from './sight.js';
import { type Placement, type Sight, type Stage, stageOf } from './stage.js';
import type { Stream } from './stream.js';

/** What a command is told of a move. */
export interface MoveRequest {
  readonly project: Project;
  readonly module: string;
  /** Connections that one process keeps per module. */
  readonly poolSize: number;
  /** Absolute path of the folder that holds `platform/` and `<module>/`. */
  readonly prismaFolder: string;
  /** Admin URL of the other database, or its name on the same server; noted once it was given. */
  readonly target?: string | undefined;
  /** Is told what is done, as it is done. */
  readonly say: (line: string) => void;
}

/** A module's move, seen from both databases. */
export class Move {
  readonly names: Record<SideName, string>;

  constructor(
    readonly request: MoveRequest,
    readonly home: Side,
    /** Admin URL of the other database; undefined while none was named. */
    readonly target: string | undefined,
    readonly awayIfThere: Side | undefined,
  ) {
    this.names = streamNames(request.project.name, request.module);
  }

  get module(): string {
    return this.request.module;
  }

  get ownerRole(): string {
    return ownerRole(this.request.project.name, this.module);
  }

  /** @throws {CliError} before the other database was made */
  get away(): Side {
    if (this.awayIfThere) return this.awayIfThere;
    throw new CliError(
      `The other database is not there yet.`,
      `npm run extract-module -- ${this.module} prepare --target <url or name>`,
    );
  }

  /** The stream that begins on a side. */
  stream(from: SideName): Stream {
    const [source, sink] = from === 'home' ? [this.home, this.away] : [this.away, this.home];
    return { name: this.names[from], from: source, to: sink };
  }

  /** Reads the catalogs of both sides. */
  look(): Promise<Sight & { readonly stage: Stage }> {
    // Who only looks may see one side before another mover's switch and the other side after it: that
    // looks as if both were open. What really is so, still is at a second look.
    return this.see().catch(() => this.see());
  }

  private async see(): Promise<Sight & { readonly stage: Stage }> {
    const names = Object.values(this.names);
    const look = (side: Side | undefined): Promise<SideSight> | SideSight =>
      side ? lookAt(side, this.module, names) : NOTHING;
    const [home, away, placement] = await Promise.all([
      look(this.home),
      look(this.awayIfThere),
      this.placement(),
    ]);
    const sight = { home, away, placement };
    return { ...sight, stage: stageOf(sight, this.names) };
  }

  private async placement(): Promise<Placement> {
    const [row] = await this.home.rows<{ epoch: string; database: string | null }>(
      'select epoch, database from platform.placement where module = $1',
      [this.module],
    );
    return { epoch: Number(row?.epoch ?? 0), database: row?.database ?? null };
  }
}

/**
 * Opens both sides of a move. Whoever changes something is alone: each side's session holds a lock
 * and makes the changes itself, so that once another mover has both locks, nothing of this one's
 * can come late.
 *
 * @throws {CliError} when a side cannot be reached, another mover is at work, or the target is not
 *   the one of the move under way
 */
export function withMove<T>(
  request: MoveRequest,
  mode: 'change' | 'look',
  work: (move: Move) => Promise<T>,
): Promise<T> {
  return Side.with('home', request.project.adminUrl, async (home) => {
    await refuseUnprovisioned(home);
    if (mode === 'change') await lock(home, request.module);
    const target = await targetOf(home, request);
    const alone = (away?: Side) => work(new Move(request, home, target, away));
    if (target === undefined) return alone();
    return withSideIfThere(target, async (away) => {
      if (away && mode === 'change') await lock(away, request.module, home);
      return alone(away);
    });
  }).catch((error: unknown) => {
    throw isMissingDatabase(error) ? unprovisioned(error) : error;
  });
}

async function refuseUnprovisioned(home: Side): Promise<void> {
  const [found] = await home.rows("select where to_regclass('platform.move') is not null");
  if (found) return;
  throw unprovisioned();
}

const unprovisioned = (cause?: unknown) =>
  new CliError(
    'The database is not there or has no journal of moves: it was not provisioned, or by an older version.',
    'npm run db:provision, and npm run db:migrate',
    2,
    { cause },
  );

async function withSideIfThere<T>(
  url: string,
  work: (side: Side | undefined) => Promise<T>,
): Promise<T> {
  let found = false;
  try {
    return await Side.with('away', url, (side) => {
      found = true;
      return work(side);
    });
  } catch (error) {
    if (found) throw error;
    if (isMissingDatabase(error)) return work(undefined);
    if (!(error instanceof CliError)) throw error;
    const remedy = 'See that the server of the other database runs, and that --target is right.';
    throw new CliError(error.message, remedy, error.exitCode, { cause: error });
  }
}

/** @param other a side whose session holds the lock already: in one database it is in its own way */
async function lock(side: Side, module: string, other?: Side): Promise<void> {
  const { locked } = await side.row<{ locked: boolean }>(
    'select pg_try_advisory_lock(hashtextextended($1, 0)) as locked',
    [`move:${module}`],
  );
  if (locked) return;
  if (other && (await isSameDatabase(other, side.url))) {
    throw new CliError(
      `"${placeOf(side.url)}" is the database where "${module}" is.`,
      `Name another one, on this server or another: npm run extract-module -- ${module} prepare --target ${module}_apart`,
    );
  }
  throw new CliError(
    `Another mover is at work on "${module}".`,
    `Let it end; "npm run extract-module -- ${module} status" says what it does.`,
  );
}

/** The admin URL of the other database: the given one, or the noted one if it needs no other user. */
async function targetOf(home: Side, request: MoveRequest): Promise<string | undefined> {
  const noted = await notedPlace(home, request.module);
  const { target } = request;
  const given =
    target === undefined || target.includes('://')
      ? target
      : urlWith(home.url, { database: target });
  if (given !== undefined) refuseNoDatabase(given, request);
  if (given !== undefined && noted !== undefined && !isSamePlace(given, noted)) {
    throw new CliError(
      `"${request.module}" is on its way to "${noted}", not to "${placeOf(given)}".`,
      `Name that one, or end that move first: npm run extract-module -- ${request.module} abort`,
    );
  }
  if (given !== undefined || noted === undefined) return given;
  const { hostname, port, pathname } = new URL(noted);
  const own = new URL(home.url);
  if (hostname === own.hostname && port === own.port) {
    return urlWith(home.url, { database: decodeURIComponent(pathname.slice(1)) });
  }
  throw new CliError(
    `"${request.module}" is on its way to "${noted}", and who is the admin there is not kept.`,
    'Name it: --target postgres://<admin>:<password>@…',
    2,
  );
}

/** @throws {CliError} when it is not the URL of a database of some Postgres */
function refuseNoDatabase(url: string, { module, target }: MoveRequest): void {
  if (postgresUrl.safeParse(url).success && new URL(url).pathname.length > 1) return;
  throw new CliError(
    `"${target}" names no database of a Postgres.`,
    `Give a name for one on the same server, or a URL such as postgres://role:password@host:5432/database: npm run extract-module -- ${module} prepare --target ${module}_apart`,
    2,
  );
}

/** Whether another URL leads to the database of a side, by whichever name of its server. */
export const isSameDatabase = async (side: Side, url: string): Promise<boolean> =>
  databaseOf(url) === databaseOf(side.url) && (await isSameServer(side, url));

/** Whether another URL leads to the server of a side, by whichever name. */
export async function isSameServer(side: Side, url: string): Promise<boolean> {
  const mark = `move ${randomUUID()}`;
  await side.rows(`select set_config('application_name', $1, false)`, [mark]);
  return withMaintenance(url, async (client) => {
    const { rowCount } = await client.query(
      'select from pg_stat_activity where application_name = $1',
      [mark],
    );
    return rowCount !== 0;
  });
}
