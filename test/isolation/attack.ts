import type pg from 'pg';
import type { Place } from './place.js';

export type Role = 'login' | 'owner';

/** What became of a statement: `done`, `no rows` (a SELECT that gave none), or the SQLSTATE. */
export type Outcome = string;

export const DENIED: Outcome = '42501';

/** How it is known that the statement was refused for where it was aimed, and for nothing else. */
export interface Control {
  /** Otherwise the attacker's own role. */
  readonly by?: 'owner' | 'admin' | 'superuser';
  /** Otherwise the attack, aimed at home. */
  readonly sql?: (home: Place) => string;
  /** Any of these; otherwise `done`. */
  readonly gives?: readonly Outcome[];
  /** Why it is not simply the same statement, aimed at home by the same role. */
  readonly why: string;
}

/** One way over the wall. */
export interface Attack {
  readonly name: string;
  /** Each of these roles tries it. */
  readonly as: readonly Role[];
  readonly sql: (victim: Place, home: Place) => string;
  readonly refused: Outcome;
  readonly control?: Control;
  /** Postgres does not run it inside a transaction. */
  readonly outsideTransaction?: boolean;
  /**
   * What it gets when somebody grants USAGE on the victim's schema, and nothing else, by hand.
   * Without this: still nothing.
   */
  readonly withUsage?: string;
}

type Details = Omit<Attack, 'name' | 'as' | 'refused'> & { readonly refused?: Outcome };

/**
 * A list of attacks by name.
 *
 * @param as the roles that try them
 * @param list a statement that must be refused with 42501, or the details
 */
export const attacks = (
  as: readonly Role[],
  list: Readonly<Record<string, Attack['sql'] | Details>>,
): Attack[] =>
  Object.entries(list).map(([name, details]) => ({
    name,
    as,
    refused: DENIED,
    ...(typeof details === 'function' ? { sql: details } : details),
  }));

/** A statement and what became of it. */
export interface Attempt {
  readonly sql: string;
  readonly outcome: Outcome;
  /** The server's message. */
  readonly said: string;
}

/** Runs a statement and undoes it. */
export async function attempt(
  client: pg.Client,
  sql: string,
  { outsideTransaction = false }: Pick<Attack, 'outsideTransaction'> = {},
): Promise<Attempt> {
  try {
    const results = [await client.query(outsideTransaction ? sql : `begin; ${sql}`)].flat();
    return { sql, outcome: outcomeOf(results.at(-1)), said: '' };
  } catch (error) {
    const { code, message } = error as pg.DatabaseError;
    return { sql, outcome: code ?? 'lost', said: message };
  } finally {
    if (!outsideTransaction) await client.query('rollback');
  }
}

function outcomeOf(result: pg.QueryResult | undefined): Outcome {
  const reads = result?.command === 'SELECT' || result?.command === 'FETCH';
  return reads && result?.rowCount === 0 ? 'no rows' : 'done';
}

/** Whether an attack is aimed at a module, rather than at the server that all share. */
export const hasVictim = ({ sql }: Attack): boolean => sql(NOWHERE, HERE) !== sql(HERE, HERE);

const HERE: Place = {
  module: 'here',
  schema: 'here',
  login: 'here',
  owner: 'here',
  database: 'shared',
};
const NOWHERE: Place = { ...HERE, module: 'nowhere', schema: 'nowhere', login: 'no', owner: 'no' };

/** Whether it got anywhere. */
export const succeeded = ({ outcome }: Attempt): boolean => outcome === 'done';
