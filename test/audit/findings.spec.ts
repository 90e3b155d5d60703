import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { ALLOWED } from '#platform/database/audit/allowed';
import { auditCatalog } from '#platform/database/audit/audit';
import { urlWith } from '#platform/database/names';
import { auditDatabase, expectationOf } from '../../scripts/lib/audit/index.js';
import { isDrift, reportOf } from '../../scripts/lib/audit/report.js';
import { type House, openHouse, PROJECT } from './house.js';

let house: House;

beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

/** What is found while the statements hold. */
const found = (sql: string) =>
  house.within(async () => {
    await house.admin.query(sql);
    return house.look();
  });

describe('a finding', () => {
  it('says what and where, whose, why it matters, and what repairs it', async () => {
    expect(await found('create view "order".far as select id from stock.thing')).toContainEqual({
      rule: 'cross-schema-view',
      level: 'finding',
      what: 'view "order".far depends on table stock.thing',
      where: '"order".far',
      why: "A view reads with its owner's rights what its reader may not.",
      repair: 'DROP VIEW "order".far',
      modules: ['order', 'stock'],
      explainedBy: null,
    });
  });

  it('names the grants as they were made', async () => {
    const [finding] = await found('grant update (id, label), delete on stock.thing to shop_order');
    expect(finding).toMatchObject({
      what: 'shop_order has DELETE on table stock.thing',
      repair: 'REVOKE DELETE ON TABLE stock.thing FROM shop_order CASCADE',
    });
  });

  it('leaves it to the grantor to take back what only the grantor can', async () => {
    const findings = await found(
      `grant select on stock.thing to shop_stock with grant option; set local role shop_stock;
       grant select on stock.thing to shop_order; reset role`,
    );
    expect(findings.map(({ repair }) => repair)).toContain(
      'SET ROLE shop_stock; REVOKE SELECT ON TABLE stock.thing FROM shop_order CASCADE; RESET ROLE',
    );
  });

  it('is explained by the record of who put it there, and is no drift then', async () => {
    const findings = await house.within(async () => {
      await house.admin.query('create publication move for table stock.thing');
      const record = { name: 'the move of stock', rule: 'publication', where: 'move' };
      return auditCatalog(house.admin, house.expectation, [record]);
    });
    expect(findings).toMatchObject([{ rule: 'publication', explainedBy: 'the move of stock' }]);
    expect(findings.filter(isDrift)).toEqual([]);
    expect(reportOf(findings)).toContain('by the move of stock\nNothing found.');
  });

  it('is a note where it is often right: a replication slot', async () => {
    await house.admin.query("select pg_create_logical_replication_slot('far', 'pgoutput')");
    const findings = await house.within(() => house.look());
    await house.admin.query("select pg_drop_replication_slot('far')");
    expect(findings).toMatchObject([{ rule: 'replication-slot', level: 'note', where: 'far' }]);
    expect(findings.filter(isDrift)).toEqual([]);
  });
});

describe('the modules that the manifests know', () => {
  const expectation = expectationOf(PROJECT.project, ['order'], PROJECT.poolSize);

  it('leave the schema and the roles of any other unknown', async () => {
    const findings = await house.within(() => auditCatalog(house.admin, expectation));
    expect(findings.map(({ rule, where }) => [rule, where])).toEqual(
      expect.arrayContaining([
        ['unknown-role', 'shop_stock'],
        ['unknown-role', 'shop_stock_owner'],
        ['unknown-schema', 'stock'],
      ]),
    );
  });

  it('are missed where nobody provisioned them', async () => {
    const more = expectationOf(PROJECT.project, [...PROJECT.modules, 'loan'], PROJECT.poolSize);
    const findings = await house.within(() => auditCatalog(house.admin, more));
    expect(findings.map(({ rule, where, repair }) => [rule, where, repair])).toEqual([
      ['missing-role', 'shop_loan', 'npm run db:provision'],
      ['missing-role', 'shop_loan_owner', 'npm run db:provision'],
      ['missing-schema', 'loan', 'npm run db:provision'],
    ]);
  });
});

describe('what is nobody’s mistake', () => {
  it.each([
    ['a schema of a provider', 'create schema google_vacuum_mgmt'],
    [
      'what a provider grants itself',
      'create role rds_superuser; grant create on database shop to rds_superuser; grant select on stock.thing to rds_superuser',
    ],
    [
      'a schema of a provider that is open to everybody',
      'create schema extensions; grant usage on schema extensions to public',
    ],
    [
      "a type in a provider's schema",
      `create schema extensions; create domain extensions.far as text; alter table stock.part add far extensions.far`,
    ],
    [
      'statistics of the server',
      'create schema extensions; create extension pg_stat_statements with schema extensions',
    ],
    [
      'a stranger who may connect',
      'create role auditor login; grant connect on database shop to auditor',
    ],
    [
      "another project's role",
      `create role shop_two_order; comment on role shop_two_order is '{"bulkhead":1,"database":"shop_two"}'`,
    ],
    ['a time-out written in the same words', `alter role shop_order set statement_timeout = '10s'`],
    [
      'the maker of a role, as Postgres 16 makes it a member',
      'create role maker createrole; set local role maker; create role shop_stock_helper; reset role; comment on role shop_stock_helper is \'{"database":"other"}\'',
    ],
  ])('is not reported: %s', async (_title, sql) => {
    expect(await found(sql)).toEqual([]);
  });

  it('is not reported: the maker of the project’s own roles', async () => {
    const findings = await house.within(async () => {
      await house.admin.query(
        `create role maker createrole; set local role maker; create role shop_loan noinherit login connection limit 6;
         create role shop_loan_owner noinherit login connection limit 10; reset role`,
      );
      const names = [...PROJECT.modules, 'loan'];
      return auditCatalog(house.admin, expectationOf(PROJECT.project, names, PROJECT.poolSize));
    });
    expect(findings.filter(({ rule }) => rule === 'role-membership')).toEqual([]);
  });

  it('is reported when the maker lets itself become the role', async () => {
    const findings = await found(
      `create role maker createrole; grant shop_order to maker with admin option;
       set local role maker; grant shop_order to maker with set true, inherit false; reset role`,
    );
    expect(findings.map(({ rule, where }) => [rule, where])).toContainEqual([
      'role-membership',
      'maker in shop_order',
    ]);
  });

  it('has a reason for each, and no name that stands for every name', () => {
    for (const { kind, name, reason } of ALLOWED) {
      expect(reason).not.toBe('');
      if (kind !== 'creator')
        expect(new RegExp(`^(?:${name.source})$`).test('anything')).toBe(false);
    }
  });

  it.each(['anon', 'authenticated'])('is not the public role %s of a provider', async (role) => {
    const findings = await found(`create role ${role}; grant select on stock.thing to ${role}`);
    expect(findings.map(({ rule }) => rule)).toEqual(['privilege-for-stranger']);
  });
});

describe('a role that may connect, and nothing else', () => {
  it('finds the same as a superuser', async () => {
    await house.admin.query(
      `create role auditor login password 'auditor'; grant connect on database shop to auditor;
       create schema far; create view far.far as select * from stock.thing; create extension dblink with schema far;
       create publication far for all tables; grant select on pg_authid to shop_order; select lo_create(4711)`,
    );
    try {
      const url = urlWith(house.adminUrl, { user: 'auditor', password: 'auditor' });
      const seen = await auditDatabase(url, house.expectation);
      expect(seen).toEqual(await auditDatabase(house.adminUrl, house.expectation));
      expect(seen.map(({ rule }) => rule)).toEqual([
        'cross-schema-view',
        'extension',
        'large-object',
        'privilege-for-module',
        'publication',
        'unknown-schema',
      ]);
      await expect(runAs(url, 'create table far.more ()')).rejects.toMatchObject({ code: '42501' });
    } finally {
      await house.admin.query(
        `drop schema far cascade; drop publication far; select lo_unlink(4711);
         revoke select on pg_authid from shop_order; drop owned by auditor; drop role auditor`,
      );
    }
  });
});

async function runAs(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}
