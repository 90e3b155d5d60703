import { name, type Statement } from './statement.js';

/** One entry of an access list; the grantee `null` is PUBLIC. */
export interface Grant {
  readonly grantee: string | null;
  readonly privilege: string;
  /** Whether the grantee may pass it on. */
  readonly grantable: boolean;
}

/** What an access list should say. */
export interface Access {
  /** As in `GRANT … ON <object>`. */
  readonly object: string;
  /** Put before GRANT and REVOKE, such as ALTER DEFAULT PRIVILEGES. */
  readonly prefix?: string;
  readonly found: readonly Grant[];
  readonly wanted: ReadonlyMap<string, readonly string[]>;
  /** Grantees that may have no more than wanted. PUBLIC always is one; strangers are the audit's. */
  readonly strict: ReadonlySet<string>;
}

/** The statements that make an access list say what it should: first what to take, then what to give. */
export function alignAccess(access: Access): Statement[] {
  const { found, wanted, strict } = access;
  const fits = ({ grantee, privilege, grantable }: Grant) =>
    !grantable && grantee !== null && (wanted.get(grantee)?.includes(privilege) ?? false);
  const excess = found
    .filter((grant) => (grant.grantee === null || strict.has(grant.grantee)) && !fits(grant))
    // The catalog's order is not the same each time; a plan is.
    .sort((one, other) => entry(one).localeCompare(entry(other)));
  const kept = new Set(found.filter(fits).map(entry));
  const missing = [...wanted].flatMap(([grantee, privileges]) =>
    privileges
      .map((privilege) => ({ grantee, privilege, grantable: false }))
      .filter((grant) => !kept.has(entry(grant))),
  );
  return [...revocations(access, excess), ...grants(access, missing)];
}

const entry = ({ grantee, privilege }: Grant) => JSON.stringify([grantee, privilege]);

function revocations({ prefix = '', object }: Access, excess: readonly Grant[]): Statement[] {
  const cascade = excess.some(({ grantable }) => grantable) ? ' CASCADE' : '';
  return byPrivileges(excess).map(([privileges, grantees]) => ({
    sql: `${prefix}REVOKE ${privileges} ON ${object} FROM ${grantees}${cascade}`,
    reason: `take away what ${grantees === 'PUBLIC' ? 'PUBLIC has by default' : 'was granted by hand'}`,
  }));
}

function grants({ prefix = '', object }: Access, missing: readonly Grant[]): Statement[] {
  return byPrivileges(missing).map(([privileges, grantees]) => ({
    sql: `${prefix}GRANT ${privileges} ON ${object} TO ${grantees}`,
    reason: 'grant what the role needs, and no more',
  }));
}

/** Puts grantees with the same privileges into one statement. */
function byPrivileges(list: readonly Grant[]): [privileges: string, grantees: string][] {
  const perGrantee = collect(
    list,
    ({ grantee }) => (grantee === null ? 'PUBLIC' : name(grantee)),
    ({ privilege }) => privilege,
  );
  const perPrivileges = collect(
    [...perGrantee],
    ([, privileges]) => [...privileges].join(', '),
    ([grantee]) => grantee,
  );
  return [...perPrivileges].map(([privileges, grantees]) => [privileges, [...grantees].join(', ')]);
}

function collect<Item>(
  items: readonly Item[],
  key: (item: Item) => string,
  value: (item: Item) => string,
): Map<string, Set<string>> {
  const groups = new Map<string, Set<string>>();
  for (const item of items) {
    groups.set(key(item), (groups.get(key(item)) ?? new Set()).add(value(item)));
  }
  return groups;
}
