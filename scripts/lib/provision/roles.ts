import { type Marker, parseMarker } from './marker.js';
import type { RoleFacts, ServerFacts } from './server-facts.js';
import { literal, MASKED_PASSWORD, name, type Statement } from './statement.js';
import type { ModuleRoles } from './target.js';

/** What a role should be like. */
export interface RoleWish {
  readonly name: string;
  readonly connectionLimit: number;
  readonly settings: Readonly<Record<string, string>>;
}

const ATTRIBUTES = {
  LOGIN: true,
  SUPERUSER: false,
  CREATEDB: false,
  CREATEROLE: false,
  REPLICATION: false,
  BYPASSRLS: false,
  INHERIT: false,
};

/** Migrations take one or two connections, in each copy of the database that tests make. */
const OWNER_CONNECTIONS = 10;

/** The roles that the modules should have. */
export function roleWishes(roles: readonly ModuleRoles[], poolSize: number): RoleWish[] {
  return roles.flatMap(({ module, login, owner }) => [
    {
      name: login,
      // Two processes at a time, as in a rolling restart. Each takes one connection at home from its
      // pool while the rows are elsewhere, so that it has two at least.
      connectionLimit: 2 * Math.max(poolSize, 2),
      settings: {
        search_path: module,
        statement_timeout: '10s',
        lock_timeout: '5s',
        idle_in_transaction_session_timeout: '10s',
      },
    },
    {
      name: owner,
      connectionLimit: OWNER_CONNECTIONS,
      settings: {
        search_path: module,
        statement_timeout: '15min',
        // A migration that waits for a lock makes everybody else wait behind it.
        lock_timeout: '3s',
        idle_in_transaction_session_timeout: '60s',
      },
    },
  ]);
}

/**
 * The statements that make one role what it should be.
 *
 * @param rotate whether an existing role gets its password anew
 */
export function alignRole(
  wish: RoleWish,
  facts: ServerFacts,
  marker: Marker,
  rotate: boolean,
): Statement[] {
  const found = facts.roles.get(wish.name);
  const identity = found === undefined ? [createRole(wish)] : alterRole(wish, found, rotate);
  return [
    ...identity,
    ...mark(wish, found, marker),
    ...setSettings(wish, found),
    ...resetOverrides(wish, found, marker.database),
    ...leaveRoles(wish, found, facts.version),
  ];
}

const option = ([attribute, wanted]: [string, boolean]) => (wanted ? attribute : `NO${attribute}`);

function createRole({ name: role, connectionLimit }: RoleWish): Statement {
  const options = Object.entries(ATTRIBUTES).map(option).join(' ');
  return {
    sql: `CREATE ROLE ${name(role)} ${options} CONNECTION LIMIT ${connectionLimit} ${MASKED_PASSWORD}`,
    reason: 'make the role',
    passwordOf: role,
  };
}

/** Names only what differs: to name SUPERUSER at all takes a superuser, even for taking it away. */
function alterRole(wish: RoleWish, found: RoleFacts, rotate: boolean): Statement[] {
  const options = Object.entries(ATTRIBUTES)
    .filter(([attribute, wanted]) => found.attributes[attribute] !== wanted)
    .map(option);
  if (found.connectionLimit !== wish.connectionLimit) {
    options.push(`CONNECTION LIMIT ${wish.connectionLimit}`);
  }
  if (found.expires) options.push("VALID UNTIL 'infinity'");
  const alter = `ALTER ROLE ${name(wish.name)}`;
  const statements: Statement[] = [];
  if (options.length > 0) {
    statements.push({ sql: `${alter} ${options.join(' ')}`, reason: 'correct what has changed' });
  }
  if (rotate) {
    statements.push({
      sql: `${alter} ${MASKED_PASSWORD}`,
      reason: 'set the password that derives from the secret',
      passwordOf: wish.name,
    });
  }
  return statements;
}

function mark(wish: RoleWish, found: RoleFacts | undefined, marker: Marker): Statement[] {
  const before = parseMarker(found?.comment ?? null);
  // One of another database that goes by the same secret is shared, and stays its maker's.
  if (before?.secret === marker.secret) return [];
  return [
    {
      sql: `COMMENT ON ROLE ${name(wish.name)} IS ${literal(JSON.stringify(marker))}`,
      reason: 'say whose role it is',
    },
  ];
}

function setSettings(wish: RoleWish, found: RoleFacts | undefined): Statement[] {
  const is = new Set(found?.settings.map((setting) => setting.replaceAll('"', '')));
  return Object.entries(wish.settings)
    .filter(([setting, value]) => !is.has(`${setting}=${value}`))
    .map(([setting, value]) => ({
      sql: `ALTER ROLE ${name(wish.name)} SET ${setting} = ${literal(value)}`,
      reason: 'on the role itself, so that copies of the database have it too',
    }));
}

function resetOverrides(
  wish: RoleWish,
  found: RoleFacts | undefined,
  database: string,
): Statement[] {
  return (found?.overrides ?? [])
    .filter((setting) => setting in wish.settings)
    .map((setting) => ({
      sql: `ALTER ROLE ${name(wish.name)} IN DATABASE ${name(database)} RESET ${setting}`,
      reason: "it hides the role's own setting",
    }));
}

/** A module's role that is a member of another walks through the wall. */
function leaveRoles(wish: RoleWish, found: RoleFacts | undefined, version: number): Statement[] {
  return (found?.memberOf ?? []).map(({ role, grantor }) => ({
    // From 16 on there is a membership per grantor; before, only the one.
    sql: `REVOKE ${name(role)} FROM ${name(wish.name)}${version < 16 ? '' : ` GRANTED BY ${name(grantor)}`} CASCADE`,
    reason: "a module's role is a member of nothing",
  }));
}
