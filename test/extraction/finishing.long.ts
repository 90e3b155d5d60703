import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { urlWith } from '#platform/database/names';
import { auditDatabase, auditProject, expectationOf } from '../../scripts/lib/audit/index.js';
import { isDrift } from '../../scripts/lib/audit/report.js';
import { describeDone, describeStatus } from '../../scripts/lib/extraction/report.js';
import { statusOf } from '../../scripts/lib/extraction/status.js';
import { isInOrder, migrate, migrationStatus } from '../../scripts/lib/migrations/index.js';
import { placedTargets } from '../../scripts/lib/migrations/targets.js';
import { planProvision } from '../../scripts/lib/provision/index.js';
import { MODULE, MovingModule, POOL_SIZE, ROWS } from './moving-module.js';

/** The project as the commands see it that are told another DATABASE_URL, or have other modules. */
const seenFrom = (moving: MovingModule, adminUrl: string, modules: readonly string[]) => {
  const { secret, name } = moving.project;
  return { adminUrl, secret, project: name, modules, poolSize: POOL_SIZE };
};

const drift = async (...[target]: Parameters<typeof auditProject>) =>
  (await auditProject(target)).filter(isDrift);

describe.each([
  ['another server', (moving: MovingModule) => moving.elsewhere],
  [
    'another database of the same server',
    ({ project }: MovingModule) => urlWith(project.adminUrl, { database: 'beside' }),
  ],
])('a move to %s that is finished', (_, placeOf) => {
  let moving: MovingModule;
  let target: string;
  let left: string;
  beforeAll(async () => {
    moving = await MovingModule.open();
    target = placeOf(moving);
    await moving.sql(ROWS);
    await moving.verbs(['prepare', 'copy', 'cutover'], target);
    await moving.sql(`insert into ${MODULE}.tag values ('from there', 7)`, target);
  });
  afterAll(() => moving.close());

  it('waits for nobody who reads the old rows, and goes on when it is told again', async () => {
    const reader = new pg.Client({ connectionString: moving.project.adminUrl });
    await reader.connect();
    await reader.query(`begin; select from ${MODULE}.tag`);
    await expect(moving.verb('finish', target)).rejects.toThrow(
      'Somebody holds what is to be changed: canceling statement due to lock timeout',
    );
    await reader.end();
    expect(await moving.look(statusOf, target)).toMatchObject({ stage: 'finishing', left: [] });
  });

  it('puts the old rows aside, with what was written since, for the admin alone', async () => {
    const done = await moving.verb('finish', target);
    [left = ''] = done.left?.kept ?? [];
    expect(done).toMatchObject({ stage: 'finished', left: { dropped: [] } });
    expect(left).toMatch(/^thing_left_\d+$/);
    expect(describeDone(done)).toContain(
      `the old rows are at home in "${left}", until finish --drop drops them`,
    );
    expect((await moving.sql(`select from ${left}.tag`)).length).toBeGreaterThan(19);
    for (const url of [moving.loginUrl(), moving.ownerUrl()]) {
      await expect(moving.sql(`select from ${left}.tag`, url)).rejects.toMatchObject({
        code: '42501',
      });
    }
  });

  it('leaves nothing of itself on the other side, which stays open', async () => {
    const [traces] = await moving.sql(
      `select (select count(*)::int from pg_trigger where tgname = 'zz_fence') as fences,
         (select count(*)::int from ${MODULE}.opened) as opened,
         (select count(*)::int from pg_publication) as publications,
         (select count(*)::int from pg_replication_slots) as slots`,
      target,
    );
    expect(traces).toEqual({ fences: 0, opened: 0, publications: 0, slots: 0 });
    await moving.sql(`insert into ${MODULE}.tag values ('later', 8)`, moving.loginUrl(target));
  });

  it('is nothing that provisioning mends, or the audit finds, in either database', async () => {
    const home = seenFrom(moving, moving.project.adminUrl, moving.project.modules);
    const service = seenFrom(moving, target, [MODULE]);
    expect((await planProvision(home)).statements).toEqual([]);
    expect((await planProvision(service)).statements).toEqual([]);
    expect(await drift(home)).toEqual([]);
    expect(
      await auditDatabase(target, expectationOf(service.project, [MODULE], POOL_SIZE)),
    ).toEqual([]);
  });

  it('is nothing that the audit finds once the source has left, too', async () => {
    expect(await drift(seenFrom(moving, moving.project.adminUrl, ['other']))).toEqual([]);
  });

  it('lets migrations go on where the rows are', async () => {
    moving.write(2, 'alter table note add column late int');
    const targets = await placedTargets(moving.project, moving.project.name, [MODULE]);
    const options = { prismaFolder: moving.request().prismaFolder };
    await migrate(targets, options);
    expect((await migrationStatus(targets, options)).every(isInOrder)).toBe(true);
    await moving.sql(`select late from ${MODULE}.note`, target);
  });

  it('says what is kept, and drops it when it is told to', async () => {
    expect(describeStatus(await moving.look(statusOf, target))).toContain(`"${left}"`);
    expect(await moving.verb('finish', target)).toMatchObject({
      stage: 'finished',
      left: { kept: [left], dropped: [] },
    });
    const done = await moving.verb('finish', target, { drop: true });
    expect(done).toMatchObject({ stage: 'finished', left: { kept: [], dropped: [left] } });
    expect(describeDone(done)).toContain(`"${left}" was dropped at home`);
    expect(await moving.sql("select from pg_namespace where nspname like 'thing%'")).toEqual([]);
  });
});
