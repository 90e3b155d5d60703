import type { Finding } from './finding.js';
import type { HomeFacts, ServerMeans, TableFacts, TargetFacts } from './preflight-facts.js';
import { privilegeFindings } from './privileges.js';
import { mb } from './size.js';

interface Rule {
  readonly rule: string;
  readonly level?: Finding['level'];
  readonly remedy: string;
  readonly facts: (home: HomeFacts, target: TargetFacts | undefined) => readonly string[];
}

const perTable =
  (says: (table: TableFacts) => string | false | undefined) =>
  ({ tables }: HomeFacts): string[] =>
    tables.flatMap((table) => {
      const what = says(table);
      return what ? [`"${table.name}" ${what}`] : [];
    });

/** The oldest version that works. */
const OLDEST = 15;

/** Bytes that a copy takes: as many as here, and as many again in the log while it is made. */
export const diskFor = (tables: readonly TableFacts[]): number =>
  2 * tables.reduce((sum, { bytes }) => sum + bytes, 0);

const list = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ');
const some = (names: readonly string[], says: string) =>
  names.length > 0 && `${says} ${list(names)}`;
const where = (condition: boolean | undefined, fact: string) => (condition ? [fact] : []);

/** What makes a move fail, or lose something, on some version from 15 to 18; each says what is so and what mends it. */
const rules = (owner: string): readonly Rule[] => [
  {
    // Publishing it makes the live app's updates and deletes fail at once.
    rule: 'replica-identity',
    remedy:
      'Give it a primary key, or a unique index over NOT NULL columns as its REPLICA IDENTITY, neither of them deferrable.',
    facts: perTable(
      ({ keyed }) => !keyed && 'has no key by which rows can be told apart elsewhere',
    ),
  },
  {
    rule: 'unlogged',
    remedy: 'ALTER TABLE … SET LOGGED, or let the module do without it.',
    facts: perTable(({ unlogged }) => unlogged && 'is unlogged, so its rows are not replicated'),
  },
  {
    rule: 'large-object',
    remedy: 'Keep the bytes in a bytea column.',
    facts: perTable(({ largeObjects }) =>
      some(largeObjects, 'may name large objects, which are not replicated, in'),
    ),
  },
  {
    rule: 'foreign-table',
    remedy: 'Let the module do without it.',
    facts: perTable(({ kind }) => kind === 'f' && 'is a foreign table, whose rows are elsewhere'),
  },
  {
    rule: 'inheritance',
    remedy: 'Use partitions, or tables of their own.',
    facts: perTable(({ inherits }) => inherits && 'inherits from another table'),
  },
  {
    rule: 'row-security',
    remedy: 'Leave row security to the schema and its roles, or disable it.',
    facts: perTable(
      ({ rowSecurity }) =>
        rowSecurity && 'has row security, through which replication may not write',
    ),
  },
  {
    rule: 'trigger',
    remedy:
      'ALTER TABLE … ENABLE TRIGGER …, so that it fires where a row is written and not where it arrives.',
    facts: perTable(({ alwaysTriggers }) =>
      some(alwaysTriggers, 'has triggers that fire for replicated rows too:'),
    ),
  },
  {
    rule: 'rule',
    remedy: 'Use a trigger.',
    facts: perTable(({ rules: names }) =>
      some(names, 'has rewrite rules, which replication passes by:'),
    ),
  },
  {
    rule: 'owner',
    remedy: 'Find out who made it: npm run db:audit',
    facts: perTable(
      (table) => table.owner !== owner && `belongs to "${table.owner}", not to "${owner}"`,
    ),
  },
  {
    rule: 'writers',
    remedy:
      'REVOKE it: who is not the module would go on writing to the old place. npm run db:audit',
    facts: perTable(({ writers }) => some(writers, 'may be written by')),
  },
  {
    rule: 'subscription',
    remedy:
      'Drop that subscription, which fills the table, or move the module where it comes from.',
    facts: perTable(({ subscriptions }) => some(subscriptions, 'is filled by the subscription')),
  },
  {
    rule: 'prepared-transaction',
    remedy: 'COMMIT PREPARED or ROLLBACK PREPARED it.',
    facts: ({ prepared }) => prepared.map((which) => `the prepared transaction ${which} is open`),
  },
  {
    rule: 'transaction',
    remedy: 'Let it end: the copy cannot begin before, nor can a table be closed.',
    facts: ({ longTransactions }) =>
      longTransactions.map((line) => `a transaction is under way: ${line}`),
  },
  {
    rule: 'wal-level',
    remedy: "ALTER SYSTEM SET wal_level = 'logical', and restart the server.",
    facts: eachServer(({ walLevel }, which) =>
      where(walLevel !== 'logical', `${which} has wal_level "${walLevel}"; expected "logical"`),
    ),
  },
  {
    rule: 'capacity',
    remedy: 'Raise max_replication_slots and max_wal_senders, or drop slots that nobody uses.',
    facts: eachServer(({ freeSlots, freeSenders }, which) =>
      where(
        // One for either direction and one per table that is copied at the time.
        freeSlots < 4 || freeSenders < 4,
        `${which} has ${freeSlots} replication slots and ${freeSenders} WAL senders free; expected 4 of each`,
      ),
    ),
  },
  {
    rule: 'workers',
    remedy:
      'Raise max_logical_replication_workers, max_worker_processes and, from 18 on, max_active_replication_origins; before, max_replication_slots counts for origins.',
    facts: eachServer(({ freeWorkers, freeProcesses, freeOrigins }, which) =>
      where(
        // One that follows, and two that copy a table at the time.
        Math.min(freeWorkers, freeProcesses, freeOrigins) < 3,
        `${which} has ${freeWorkers} logical replication workers, ${freeProcesses} worker processes and ${freeOrigins} replication origins free; expected 3 of each`,
      ),
    ),
  },
  {
    rule: 'encoding',
    remedy: 'Make the other database with the same encoding.',
    facts: ({ encoding }, target) =>
      where(
        target && target.encoding !== encoding,
        `the other database is in "${target?.encoding}", this one in "${encoding}"`,
      ),
  },
  {
    rule: 'extension',
    remedy: 'CREATE EXTENSION in the other database.',
    facts: ({ usedExtensions }, target) =>
      usedExtensions
        .filter((name) => target && !target.sameDatabase && !target.extensions.includes(name))
        .map((name) => `the module uses the extension "${name}", which the other database has not`),
  },
  {
    rule: 'same-database',
    remedy: 'Name another database, on this server or another.',
    facts: (_, target) =>
      where(target?.sameDatabase, 'the other database is the one where the module is'),
  },
  {
    rule: 'strangers',
    remedy: 'Name another database, or drop that schema if nobody needs it.',
    facts: (_, target) =>
      where(
        target !== undefined && target.strangers > 0,
        `the other database has a schema of this name, with ${target?.strangers} objects in it that no move has made`,
      ),
  },
  {
    rule: 'disk',
    remedy: 'Make room there.',
    facts: ({ tables }, target) => {
      const needed = diskFor(tables);
      const free = target?.freeDisk ?? Infinity;
      const fact = `the copy takes ${mb(needed)} there, its log included, and ${mb(free)} are free`;
      return where(free < needed, fact);
    },
  },
  {
    rule: 'version',
    remedy: 'Use a server from 15 on.',
    facts: (_, target) =>
      where(
        target && target.version < OLDEST,
        `the other server is Postgres ${target?.version}, older than ${OLDEST}`,
      ),
  },
  {
    rule: 'older',
    level: 'warning',
    remedy:
      'It works as long as the schema uses nothing that came later; upgrading would be the other way round.',
    facts: ({ version }, target) =>
      where(
        target && target.version < version && target.version >= OLDEST,
        `the other server is Postgres ${target?.version}, older than ${version}`,
      ),
  },
  {
    rule: 'materialized-view',
    level: 'warning',
    remedy: 'REFRESH it in the other database before the cutover.',
    facts: ({ materialized }) =>
      materialized.map((name) => `the materialized view "${name}" is not copied`),
  },
  {
    rule: 'wal-limit',
    level: 'warning',
    remedy:
      'See that it is more than is written while the copy lasts, or the copy has to begin again.',
    facts: eachServer(({ walKeepLimit }, which) =>
      where(
        walKeepLimit !== '-1',
        `${which} keeps at most ${walKeepLimit} of WAL for a copy that is behind`,
      ),
    ),
  },
];

function eachServer(
  says: (server: ServerMeans, which: string) => readonly string[],
): Rule['facts'] {
  return (home, target) => [
    ...says(home, 'this server'),
    ...(target && !target.sameServer ? says(target, 'the other server') : []),
  ];
}

/** Everything that stands in the way of a move. Pure. */
export const findingsOf = (
  home: HomeFacts,
  target: TargetFacts | undefined,
  owner: string,
): Finding[] => [
  ...rules(owner).flatMap(({ rule, level = 'refusal', remedy, facts }) =>
    facts(home, target).map((fact): Finding => ({ rule, level, fact, remedy })),
  ),
  ...privilegeFindings(home, target, owner),
];
