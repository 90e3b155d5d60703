import { name as quoted } from '../../provision/statement.js';
import type { HomeFacts, ServerMeans, TargetFacts } from './preflight-facts.js';
import type { Finding } from './finding.js';
import type { Side } from '../sides/side.js';

/** A statement that only an admin who is no superuser needs; on 15 there is none, nor the syntax. */
async function asLesser(side: Side, statement: string): Promise<void> {
  const { superuser } = await side.nature();
  if (!superuser) await side.client.query(statement);
}

/**
 * Makes an admin who is no superuser a member of the module's owner role, for as long as the move
 * lasts: to look at its tables and to close them, and since replication writes as their owner.
 */
export const joinOwner = (side: Side, owner: string): Promise<void> =>
  asLesser(side, `grant ${quoted(owner)} to current_user with inherit true, set true`);

/** Takes that membership away, and no other. */
export const leaveOwner = (side: Side, owner: string): Promise<void> =>
  asLesser(side, `revoke ${quoted(owner)} from current_user granted by current_user`);

interface Need {
  readonly lacks: (server: ServerMeans) => boolean;
  readonly fact: string;
  /** @param admin quoted */
  readonly mend: (admin: string) => string;
}

/** What the mover's admin needs on each server when it is no superuser. */
const needs: readonly Need[] = [
  {
    lacks: ({ replication }) => !replication,
    fact: 'has no REPLICATION, which slots and streams take',
    mend: (admin) => `ALTER ROLE ${admin} REPLICATION`,
  },
  {
    lacks: ({ mayCreateSubscriptions }) => !mayCreateSubscriptions,
    fact: 'may not make subscriptions',
    mend: (admin) => `GRANT pg_create_subscription TO ${admin}`,
  },
  {
    lacks: ({ readsStatistics }) => !readsStatistics,
    fact: 'does not see what others do, such as a transaction that stays open',
    mend: (admin) => `GRANT pg_read_all_stats TO ${admin}`,
  },
];

/** What the admin of a home needs beyond that. */
const homeNeeds = (owner: string) => [
  {
    lacks: ({ mayJoinOwner }: HomeFacts) => !mayJoinOwner,
    fact: `may not act as "${owner}", whose tables are to be closed`,
    mend: (admin: string) => `GRANT ${quoted(owner)} TO ${admin} WITH ADMIN OPTION`,
  },
  {
    lacks: ({ mayPublish }: HomeFacts) => !mayPublish,
    fact: 'may not make a publication, having no CREATE on the database',
    mend: (admin: string) => `ALTER DATABASE … OWNER TO ${admin}`,
  },
];

/**
 * What the admins of both servers lack, each with the statement that a superuser mends it by. Pure.
 *
 * @param owner the module's owner role
 */
export function privilegeFindings(
  home: HomeFacts,
  target: TargetFacts | undefined,
  owner: string,
): Finding[] {
  const elsewhere = target && !target.sameServer ? target : undefined;
  return [
    ...lacking(home, 'this server', [...needs, ...homeNeeds(owner)]),
    ...(elsewhere ? lacking(elsewhere, 'the other server', needs) : []),
  ];
}

function lacking<Means extends ServerMeans>(
  server: Means,
  which: string,
  all: readonly { lacks: (server: Means) => boolean; fact: string; mend: Need['mend'] }[],
): Finding[] {
  const { admin, superuser, version } = server;
  if (superuser) return [];
  const finding = (fact: string, remedy: string): Finding => ({
    ...{ rule: 'privilege', level: 'refusal', remedy },
    fact: `the admin "${admin}" of ${which} ${fact}`,
  });
  if (version < 16) {
    const fact = `is no superuser, which subscriptions take on Postgres ${version}`;
    return [finding(fact, 'Let the admin URL name a superuser.')];
  }
  return all
    .filter(({ lacks }) => lacks(server))
    .map(({ fact, mend }) => finding(fact, `${mend(quoted(admin))};`));
}
