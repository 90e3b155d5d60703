import { describe, expect, it } from '@jest/globals';
import type {
  HomeFacts,
  TargetFacts,
} from '../../scripts/lib/extraction/readiness/preflight-facts.js';
import { privilegeFindings } from '../../scripts/lib/extraction/readiness/privileges.js';

/** An admin who is no superuser, and has all that it needs. */
const able = {
  ...{ admin: 'the mover', superuser: false, version: 16, replication: true },
  ...{ mayCreateSubscriptions: true, readsStatistics: true, mayJoinOwner: true, mayPublish: true },
} as HomeFacts;

const server = (lacks: Partial<TargetFacts> = {}) => {
  const { superuser, version, replication, mayCreateSubscriptions, readsStatistics } = able;
  const means = { superuser, version, replication, mayCreateSubscriptions, readsStatistics };
  return { ...means, admin: 'theirs', sameServer: false, ...lacks } as TargetFacts;
};

const lines = (home: HomeFacts, target?: TargetFacts) =>
  privilegeFindings(home, target, 'shop_stock_owner').map(({ fact, remedy }) => [fact, remedy]);

describe('an admin', () => {
  it('lacks nothing as a superuser, whatever it was not given', () => {
    const superuser = { ...able, superuser: true, version: 15, replication: false };
    expect(lines(superuser)).toEqual([]);
  });

  it('lacks nothing from Postgres 16 on with what is written down', () => {
    expect(lines(able, server())).toEqual([]);
  });

  it('is to be a superuser on Postgres 15', () => {
    expect(lines({ ...able, version: 15, replication: false }, server())).toEqual([
      [
        'the admin "the mover" of this server is no superuser, which subscriptions take on Postgres 15',
        'Let the admin URL name a superuser.',
      ],
    ]);
  });

  it.each([
    [
      'replication',
      'has no REPLICATION, which slots and streams take',
      'ALTER ROLE "the mover" REPLICATION;',
    ],
    [
      'mayCreateSubscriptions',
      'may not make subscriptions',
      'GRANT pg_create_subscription TO "the mover";',
    ],
    [
      'readsStatistics',
      'does not see what others do, such as a transaction that stays open',
      'GRANT pg_read_all_stats TO "the mover";',
    ],
    [
      'mayJoinOwner',
      'may not act as "shop_stock_owner", whose tables are to be closed',
      'GRANT "shop_stock_owner" TO "the mover" WITH ADMIN OPTION;',
    ],
    [
      'mayPublish',
      'may not make a publication, having no CREATE on the database',
      'ALTER DATABASE … OWNER TO "the mover";',
    ],
  ])('is told what it lacks at home, and what mends it: %s', (need, fact, remedy) => {
    expect(lines({ ...able, [need]: false }, server())).toEqual([
      [`the admin "the mover" of this server ${fact}`, remedy],
    ]);
  });

  it('is told what it lacks on the other server, unless that is the same one', () => {
    expect(lines(able, server({ replication: false }))).toEqual([
      [
        'the admin "theirs" of the other server has no REPLICATION, which slots and streams take',
        'ALTER ROLE "theirs" REPLICATION;',
      ],
    ]);
    expect(lines(able, server({ replication: false, sameServer: true }))).toEqual([]);
  });
});
