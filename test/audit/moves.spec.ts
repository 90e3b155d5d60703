import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Finding } from '#platform/database/audit/finding';
import { passwordOf, urlWith } from '#platform/database/names';
import { auditDatabase, auditProject } from '../../scripts/lib/audit/index.js';
import { isDrift } from '../../scripts/lib/audit/report.js';
import { provisionCopy } from '../../scripts/lib/provision/index.js';
import { run } from '../provision/scratch.js';
import { type House, openHouse, PROJECT } from './house.js';

let house: House;

/** The project, as the operator's commands know it. */
const target = () => ({
  ...PROJECT,
  adminUrl: house.adminUrl,
  secret: 'one secret'.padEnd(40, '.'),
});

beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());
afterEach(() => house.admin.query('delete from platform.move; delete from platform.placement'));

const STREAM = 'create publication shop_stock_out for table stock.thing';

const journal = (verb: string, step: string) =>
  `insert into platform.move (module, verb, step) values ('stock', '${verb}', '${step}')`;

/** What is found while the statements hold: committed, since the audit looks by a session of its own. */
async function found(...statements: string[]): Promise<Finding[]> {
  for (const statement of statements) await house.admin.query(statement);
  try {
    return await auditDatabase(house.adminUrl, house.expectation);
  } finally {
    await house.admin.query('drop publication if exists shop_stock_out, shop_stock_far');
  }
}

const short = (findings: readonly Finding[]) =>
  findings.map(({ rule, where, explainedBy }) => [rule, where, explainedBy]);

describe('what a move has put into the catalog', () => {
  it('is explained by the journal while the move is under way', async () => {
    const findings = await found(STREAM, journal('copy', 'begun'));
    expect(short(findings)).toEqual([['publication', 'shop_stock_out', 'the move of stock']]);
    expect(findings.filter(isDrift)).toEqual([]);
  });

  it.each([
    ['no move', []],
    ['a move that was finished', [journal('copy', 'begun'), journal('finish', 'done')]],
    ['a move that was called off', [journal('copy', 'begun'), journal('abort', 'done')]],
    ['a process was led elsewhere', [journal('abort', 'done'), journal('process cutover', 'done')]],
  ])('is drift after %s', async (_what, records) => {
    expect(short(await found(STREAM, ...records))).toEqual([
      ['publication', 'shop_stock_out', null],
    ]);
  });

  it.each([
    ['a finished move', 'done'],
    ['one that is being finished', 'left'],
  ])('is explained as what %s has left, in the place of the schema', async (_what, step) => {
    const finish = `insert into platform.move (module, verb, step, details)
      values ('stock', 'finish', '${step}', '{"left": "stock_left_1"}')`;
    await house.admin.query('alter schema stock rename to stock_left_1');
    try {
      const unexplained = await found();
      expect(unexplained.filter(isDrift).map(({ rule }) => rule)).toContain('missing-schema');
      const findings = await found(finish);
      const explained = findings.filter(({ explainedBy }) => explainedBy === 'the move of stock');
      expect(short(explained)).toEqual([
        ['missing-schema', 'stock', 'the move of stock'],
        ['unknown-schema', 'stock_left_1', 'the move of stock'],
      ]);
    } finally {
      await house.admin.query('alter schema stock_left_1 rename to stock');
    }
  });

  it('is drift under any other name', async () => {
    const other = STREAM.replace('_out', '_far');
    expect(short(await found(other, journal('copy', 'begun')))).toEqual([
      ['publication', 'shop_stock_far', null],
    ]);
  });

  it('is nothing to remark on in a table: the fence is of its own schema', async () => {
    await run(
      urlWith(house.adminUrl, {
        user: 'shop_stock_owner',
        password: passwordOf(target().secret, 'shop_stock_owner'),
      }),
      `create function fence() returns trigger language plpgsql set search_path from current as 'begin return null; end';
       create trigger zz_fence before insert on thing for each statement execute function fence('1')`,
    );
    expect(await found()).toEqual([]);
    await house.admin.query('drop function stock.fence cascade');
  });

  it('is unexplained to whoever may not read the journal', async () => {
    await house.admin.query(
      `create role auditor login password 'auditor'; grant connect on database shop to auditor;
       ${STREAM}; ${journal('copy', 'begun')}`,
    );
    const url = urlWith(house.adminUrl, { user: 'auditor', password: 'auditor' });
    const findings = await auditDatabase(url, house.expectation);
    await house.admin.query(
      'drop publication shop_stock_out; drop owned by auditor; drop role auditor',
    );
    expect(short(findings)).toEqual([['publication', 'shop_stock_out', null]]);
  });
});

describe('the database to which a module has moved', () => {
  const away = () => urlWith(house.adminUrl, { database: 'shop_away' });

  beforeAll(async () => {
    await house.admin.query('create database shop_away');
    // As a move prepares it: the module's schema and roles, and nothing else.
    await run(
      away(),
      `create schema stock authorization shop_stock_owner; grant usage on schema stock to shop_stock;
       alter default privileges for role shop_stock_owner in schema stock grant select, insert, update, delete on tables to shop_stock;
       alter default privileges for role shop_stock_owner in schema stock grant usage, select on sequences to shop_stock;
       alter default privileges for role shop_stock_owner in schema stock grant execute on functions to shop_stock;
       alter default privileges for role shop_stock_owner in schema stock grant usage on types to shop_stock;
       alter default privileges for role shop_stock_owner revoke execute on functions from public;
       alter default privileges for role shop_stock_owner revoke usage on types from public;
       revoke all on schema public from public`,
    );
    await provisionCopy(away(), PROJECT.project, ['stock']);
  });
  afterEach(() => run(away(), 'drop publication if exists shop_stock_back, far'));

  const settle = async () => {
    const url = Object.assign(new URL(away()), { username: '', password: '' });
    await house.admin.query(
      "insert into platform.placement (module, epoch, database) values ('stock', 1, $1)",
      [url.href],
    );
    await house.admin.query(journal('cutover', 'told'));
  };

  it('is audited too, for that module, and what the move put there is explained', async () => {
    await settle();
    await run(away(), 'create publication shop_stock_back');
    const findings = await auditProject(target());
    expect(short(findings)).toEqual([['publication', 'shop_stock_back', 'the move of stock']]);
  });

  it('is named in what is found there', async () => {
    await settle();
    await run(away(), 'create publication far');
    const { host } = new URL(away());
    expect((await auditProject(target())).map(({ what }) => what)).toEqual([
      `publication far is in no schema, in ${host}/shop_away, where stock went`,
    ]);
  });

  it('is not looked at before the module is there', async () => {
    await run(away(), 'create publication far');
    expect(await auditProject(target())).toEqual([]);
  });
});
