import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { urlWith } from '#platform/database/names';
import { auditProject } from '../../scripts/lib/audit/index.js';
import { isDrift } from '../../scripts/lib/audit/report.js';
import { statusOf } from '../../scripts/lib/extraction/status.js';
import { MODULE, MovingModule, POOL_SIZE, ROWS } from './moving-module.js';
import { Writers } from './writers.js';

/** What docs/extracting-a-module.md asks for, and no more. */
async function lesserAdmin(superuserUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  await client.query(`
    create role mover login createrole createdb replication password 'mover';
    grant connect on database postgres, template1 to mover;
    grant pg_create_subscription, pg_read_all_stats to mover`);
  await client.end();
  return urlWith(superuserUrl, { user: 'mover', password: 'mover' });
}

let moving: MovingModule;
let writers: Writers;
beforeAll(async () => {
  moving = await MovingModule.open({}, lesserAdmin);
  await moving.sql(ROWS, moving.ownerUrl());
});
afterAll(() => moving.close());

const memberships = (url?: string) =>
  moving.sql<{ role: string }>(
    `select roleid::regrole::text as role from pg_auth_members
     where member = 'mover'::regrole and grantor = 'mover'::regrole`,
    url,
  );

const drift = async () => {
  const { adminUrl, secret, name, modules } = moving.project;
  const target = { adminUrl, secret, project: name, modules, poolSize: POOL_SIZE };
  return (await auditProject(target)).filter(isDrift);
};

describe.each([
  ['another server', () => moving.elsewhere],
  [
    'another database of the same server',
    () => urlWith(moving.project.adminUrl, { database: 'beside' }),
  ],
])('an admin who is no superuser, for a move to %s', (_, placeOf) => {
  let target: string;
  beforeAll(async () => {
    target = placeOf();
    await moving.sql(
      `delete from ${MODULE}.entry; update ${MODULE}.counter set value = 0`,
      moving.ownerUrl(),
    );
    writers = new Writers(moving);
  });
  afterAll(() => writers.stop());

  it('leads the writes there and back, and loses none', async () => {
    const there = ['prepare', 'copy', 'verify', 'cutover', 'verify'] as const;
    expect(await moving.verbs(there, target)).toMatchObject({ stage: 'away' });
    expect(await drift()).toEqual([]);
    expect(await moving.verb('rollback', target)).toMatchObject({ stage: 'in step' });
    await writers.stop();
    expect(await writers.faults(moving.ownerUrl())).toEqual([]);
  });

  it('is a member of the owner role no longer when it is aborted', async () => {
    expect(await memberships()).not.toEqual([]);
    await moving.verb('abort', target);
    expect([await memberships(), await memberships(target)]).toEqual([[], []]);
    expect(await drift()).toEqual([]);
  });
});

describe('a move that an admin who is no superuser finishes', () => {
  it('leaves old rows that are its own, and no membership', async () => {
    await moving.verbs(['prepare', 'copy', 'cutover']);
    const { left } = await moving.verb('finish');
    expect((await moving.sql(`select from ${left?.kept[0]}.tag`)).length).toBeGreaterThan(19);
    expect([await memberships(), await memberships(moving.elsewhere)]).toEqual([[], []]);
    expect(await drift()).toEqual([]);
    expect(await moving.look(statusOf)).toMatchObject({ stage: 'finished', left: left?.kept });
    expect(await moving.verb('finish', undefined, { drop: true })).toMatchObject({
      left: { kept: [], dropped: left?.kept },
    });
  });
});
