import { hostname, userInfo } from 'node:os';
import { isSamePlace, type Side } from './side.js';

/** What a person, or the walk, asks the mover to do. */
export type Verb = 'prepare' | 'copy' | 'verify' | 'cutover' | 'rollback' | 'finish' | 'abort';

/** Where a process is found is noted too; it has nothing to do with where the rows are. */
export type ProcessVerb = 'process cutover' | 'process rollback';

/** A step of a move, as it was noted when it began or ended. */
export interface Entry {
  readonly verb: Verb | ProcessVerb;
  readonly step: string;
  readonly who: string;
  readonly at: Date;
  readonly details: Readonly<Record<string, unknown>>;
}

/**
 * Notes a step in `platform.move`, for people. What is done next is never decided by it, but for two
 * things: only a database of which it says that a move has begun there is emptied or dropped, and a
 * switch of which it does not say that it is done is compared before anything else.
 */
export async function note(
  home: Side,
  module: string,
  verb: Verb | ProcessVerb,
  step: 'begun' | 'left' | 'done' | 'taken back',
  details: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const who = `${userInfo().username}@${hostname()} ${process.pid}`;
  await home.rows(
    'insert into platform.move (module, verb, step, who, details) values ($1, $2, $3, $4, $5)',
    [module, verb, step, who, JSON.stringify(details)],
  );
}

/** Where in their logs servers are now, by the sides' names. */
export async function lsnsOf(sides: readonly Side[]): Promise<Readonly<Record<string, string>>> {
  const entries = sides.map(async (side) => [side.name, await side.lsn()] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** The steps of a module's moves, the oldest first. */
export const readJournal = (home: Side, module: string): Promise<Entry[]> =>
  home.rows<Entry>(
    'select verb, step, who, at, details from platform.move where module = $1 order by id',
    [module],
  );

/** Whether the module's last move leads or led to the database of a URL. */
export async function leadsTo(home: Side, module: string, url: string): Promise<boolean> {
  const noted = await notedPlace(home, module);
  return noted !== undefined && isSamePlace(noted, url);
}

/** Where the module's last move leads or led to, unless it was aborted: a URL without user and password. */
export async function notedPlace(home: Side, module: string): Promise<string | undefined> {
  const [entry] = await home.rows<{ verb: Verb; place: string }>(
    `select verb, details->>'place' as place from platform.move
     where module = $1 and (verb, step) in (('prepare', 'begun'), ('abort', 'done'))
     order by id desc limit 1`,
    [module],
  );
  return entry?.verb === 'prepare' ? entry.place : undefined;
}
