import { alignAccess } from './acl.js';
import type { DatabaseFacts, Owned } from './database-facts.js';
import { name, type Statement } from './statement.js';

/** Where it is kept which module is where, and what moved it there. */
export const PLATFORM_SCHEMA = 'platform';

const TABLES = {
  /**
   * `database`: a Postgres URL without user and password; null where the configuration says. The
   * next one is announced, so that processes can connect before the rows are there.
   */
  placement: `module text PRIMARY KEY, epoch bigint NOT NULL DEFAULT 0, database text, url text,
  next_epoch bigint, next_database text, changed_at timestamptz NOT NULL DEFAULT now()`,
  /** The journal. The step "done" of the verbs "finish" and "abort" ends a move. */
  move: `id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, module text NOT NULL, verb text NOT NULL, step text NOT NULL,
  who text NOT NULL DEFAULT session_user, at timestamptz NOT NULL DEFAULT clock_timestamp(), details jsonb NOT NULL DEFAULT '{}'`,
};

/** The statements for the schema `platform`: the admin's own, in which login roles read placements. */
export function alignPlatform(
  { platform, platformTables }: DatabaseFacts,
  logins: readonly string[],
  roles: readonly string[],
): Statement[] {
  const toLogins = (...privileges: string[]) => new Map(logins.map((role) => [role, privileges]));
  const strict = new Set(roles);
  const wanted = { placement: toLogins('SELECT'), move: new Map<string, string[]>() };
  return [
    ...(platform ? [] : [createSchema]),
    ...alignAccess({
      object: `SCHEMA ${name(PLATFORM_SCHEMA)}`,
      found: platform?.acl ?? [],
      wanted: toLogins('USAGE'),
      strict,
    }),
    ...(['placement', 'move'] as const).flatMap((table) => {
      const found = platformTables.find((each) => each.name === table);
      return [
        ...(found ? [] : [createTable(table)]),
        ...alignAccess({
          object: `TABLE ${qualified(table)}`,
          found: found?.acl ?? [],
          wanted: wanted[table],
          strict,
        }),
      ];
    }),
  ];
}

const qualified = (table: string) => `${name(PLATFORM_SCHEMA)}.${name(table)}`;

const createSchema: Statement = {
  sql: `CREATE SCHEMA ${name(PLATFORM_SCHEMA)}`,
  reason: 'make the schema that says where modules are',
};

const createTable = (table: keyof typeof TABLES): Statement => ({
  sql: `CREATE TABLE ${qualified(table)} (${TABLES[table]})`,
  reason: table === 'move' ? 'the journal of moves' : "where each module's rows and process are",
});

/**
 * What makes a copy of a database forget the moves of the original: who starts on the copy must
 * not be sent on to where the original's rows are.
 */
export const forgetMoves = (tables: readonly Owned[]): Statement[] =>
  tables
    .filter(({ name: table }) => table in TABLES)
    .map(({ name: table }) => ({
      sql: `DELETE FROM ${qualified(table)}`,
      reason: 'the copy has moved nowhere',
    }));
