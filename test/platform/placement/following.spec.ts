import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { answerOnce } from '#platform/contracts';
import { sql } from '#platform/database';
import { loginRole } from '#platform/database/names';
import { ReadyConnections } from '#platform/database/ready-connections';
import { rerunning } from '#platform/database/rerun';
import { ModuleUnavailable } from '#platform/errors';
import type { PlacementWatch } from '#platform/placement/placement-watch';
import type { FixtureApp } from '../../support/fixture-project.js';
import { waitFor } from '../../support/wait-for.js';
import { HarbourModule, ShipMoored } from '../events/harbour.js';
import { FleetModule } from '../events/hearers.js';
import { type Side, TwoSides } from './two-sides.js';

const POOL_SIZE = 3;
const sides = new TwoSides(['harbour', 'fleet'], (project) =>
  project.sql('harbour', 'create table berth (ship text primary key, n int not null)'),
);

let app: FixtureApp;
let change: jest.SpiedFunction<PlacementWatch['change']>;

beforeEach(async () => {
  // Back home, whatever the test before has left.
  await sides.move('harbour', 'home');
  await sides.sql('home', 'harbour', 'delete from berth; delete from call');
  app = await sides.start([HarbourModule, FleetModule], POOL_SIZE);
  await database().query(sql`select`);
  change = jest.spyOn(database().watch, 'change');
});
afterEach(() => sides.stop(app));

const database = () => app.database('harbour');

const berths = (side: Side) =>
  sides
    .sql<{ ship: string }>(side, 'harbour', 'select ship from berth order by 1')
    .then((rows) => rows.map(({ ship }) => ship));

/** The app's sessions at a side. */
const READY = `select pid from pg_stat_activity
  where datname = current_database() and application_name = 'harbour'`;

const moor = (ship: string) => sql`insert into berth (ship, n) values (${ship}, 1)`;

/** Waits until work of the app has met the fence. */
const refused = () => waitFor(() => change.mock.calls.length > 0);

describe.each([
  ['a statement', (ship: string) => database().query(moor(ship))],
  ['a Prisma operation', (ship: string) => database().query((p) => p.$executeRaw(moor(ship)))],
  ['a transaction', (ship: string) => database().transaction((tx) => tx.$executeRaw(moor(ship)))],
  [
    'a transaction that has written before',
    (ship: string) =>
      database().transaction(async (tx) => {
        await tx.$queryRaw(sql`select ship from berth for update`);
        await tx.$executeRaw(moor(ship));
        await tx.publish(ShipMoored, { ship, n: 1 });
      }),
  ],
])('%s that meets the fence', (_what, write) => {
  it('waits for the new place, takes effect there once, and is read there by who wrote', async () => {
    await write('Fram');
    await sides.close('harbour', 'home');
    const writing = write('Gjoa').then(() => database().query(sql`select ship from berth`));
    await refused();
    await sides.open('harbour', 'away');
    expect(await writing).toHaveLength(2);
    expect(await berths('away')).toEqual(['Fram', 'Gjoa']);
    expect(await berths('home')).toEqual(['Fram']);
  });

  it('goes on where it was when the move is called off', async () => {
    await sides.close('harbour', 'home');
    const writing = write('Fram');
    await refused();
    await sides.sql(
      'home',
      'harbour',
      'drop trigger zz_fence on berth; drop trigger zz_fence on feed',
    );
    await writing;
    expect(await berths('home')).toEqual(['Fram']);
  });
});

describe('work that is run again at the new place', () => {
  it('does once what it does after its commit', async () => {
    let grown = 0;
    let runs = 0;
    database().feed.subscribe(() => (grown += 1));
    await sides.close('harbour', 'home');
    const publishing = database().transaction(async (tx) => {
      runs += 1;
      await tx.publish(ShipMoored, { ship: 'Fram', n: 1 });
    });
    await waitFor(() => runs > 0);
    expect(grown).toBe(0);
    await sides.open('harbour', 'away');
    await publishing;
    expect(runs).toBeGreaterThan(1);
    expect(grown).toBe(1);
  });

  it('answers a key as it was answered before the move, and acts once on one that met it', async () => {
    let acts = 0;
    const call = (key: string) =>
      answerOnce(database(), { procedure: 'moor', key, input: {} }, async (tx) => {
        await tx.$executeRaw(moor(key));
        return (acts += 1);
      });
    expect(await call('Fram')).toBe(1);
    await sides.close('harbour', 'home');
    const [one, same] = [call('Gjoa'), call('Gjoa')];
    await refused();
    await sides.open('harbour', 'away');
    expect(await one).toBe(await same);
    expect(await call('Fram')).toBe(1);
    expect(await berths('away')).toEqual(['Fram', 'Gjoa']);
  });

  it('finds its way when it slept until the move was finished, and its tables were put aside', async () => {
    await database().query(moor('Fram'));
    let runs = 0;
    try {
      const reading = database().transaction(async (tx) => {
        runs += 1;
        if (runs === 1) {
          await sides.move('harbour', 'away');
          await sides.sql('home', 'harbour', 'alter table berth rename to berth_left');
        }
        return tx.$queryRaw(sql`select ship from berth`);
      });
      expect(await reading).toEqual([{ ship: 'Fram' }]);
      expect(runs).toBe(2);
    } finally {
      await sides.sql('home', 'harbour', 'alter table berth_left rename to berth');
    }
  });

  it('is refused as it is when a table is missing and nothing has moved', async () => {
    await expect(database().query(sql`select from pier`)).rejects.toMatchObject({ code: '42P01' });
  });

  it('is tried again when the role has too many connections, as it may during a move', async () => {
    let tries = 0;
    const work = async () => {
      tries += 1;
      if (tries < 3) throw Object.assign(new Error('too many connections'), { code: '53300' });
      return 'done';
    };
    expect(await rerunning('harbour', work, () => Promise.resolve(false))).toBe('done');
  });

  it('counts as unavailable after 10 s, and not before', async () => {
    let now = 0;
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => now);
    let tries = 0;
    const work = () => {
      tries += 1;
      return Promise.reject(Object.assign(new Error('closed'), { code: 'MV001' }));
    };
    const waiting = rerunning('harbour', work, async () => (now += 2_500) < 0);
    const error = await waiting.catch((reason: unknown) => reason);
    clock.mockRestore();
    expect(ModuleUnavailable.is(error)).toBe(true);
    expect(tries).toBe(5);
  });
});

describe('an app', () => {
  it('reads at the new place as soon as it has been told, without having written', async () => {
    await database().query(moor('Fram'));
    const hint = jest.fn(database().watch.hint);
    Object.assign(database().watch, { hint });
    // It listens soon after the start; a hint before that is lost.
    await waitFor(async () => {
      await sides.admin("select pg_notify('placement', 'harbour')");
      return hint.mock.calls.length > 0;
    });
    await sides.move('harbour', 'away');
    await sides.sql('away', 'harbour', "insert into berth values ('Gjoa', 1)");
    await waitFor(async () => (await database().query(sql`select from berth`)).length === 2);
  });

  it('keeps no connection where its rows were', async () => {
    await sides.move('harbour', 'away');
    await database().query(moor('Fram'));
    await waitFor(async () => !(await sides.sessions('home')).includes('harbour'));
    await sides.move('harbour', 'home');
    await waitFor(async () => (await sides.sessions('away')).length === 0);
    expect(await berths('home')).toEqual(['Fram']);
  });

  it('connects to a place that is announced, and writes by these connections once the rows are there', async () => {
    await sides.announce('harbour', 'away');
    await waitFor(async () => (await sides.sessions('away')).includes('harbour'));
    const [session] = await sides.sql<{ pid: number }>('away', 'harbour', READY);
    await sides.move('harbour', 'away');
    await database().query(moor('Fram'));
    expect(await sides.sql('away', 'harbour', READY)).toContainEqual(session);
    expect(await berths('away')).toEqual(['Fram']);
  });

  it('leaves a place that was announced and then is not', async () => {
    await sides.announce('harbour', 'away');
    await waitFor(async () => (await sides.sessions('away')).includes('harbour'));
    await sides.announce('harbour', undefined);
    await waitFor(async () => (await sides.sessions('away')).length === 0);
    await database().query(moor('Fram'));
    expect(await berths('home')).toEqual(['Fram']);
  });

  it('goes without connections to a place that is announced, when its role has no more', async () => {
    const login = pg.escapeIdentifier(loginRole(sides.project.project.name, 'harbour'));
    await sides.admin(`alter role ${login} connection limit 0`);
    const prepare = jest.spyOn(ReadyConnections.prototype, 'prepare');
    await sides.announce('harbour', 'away');
    await waitFor(() => prepare.mock.calls.length > 0);
    await prepare.mock.results[0]?.value;
    await database().query(moor('Fram'));
    await sides.admin(`alter role ${login} connection limit ${2 * POOL_SIZE}`);
    await sides.move('harbour', 'away');
    await database().query(moor('Gjoa'));
    expect(await berths('away')).toEqual(['Fram', 'Gjoa']);
  });

  it('gives a connection to where its rows were to nobody else, once that work has ended', async () => {
    const wide = await sides.start([HarbourModule]);
    const place = async () => {
      const rows = await wide
        .database('harbour')
        .query<{ name: string }>(sql`select current_database() as name`);
      return rows[0]?.name.endsWith('_away');
    };
    let end = () => {};
    const open = wide.database('harbour').transaction(async (tx) => {
      await tx.$queryRaw(sql`select from berth`);
      await new Promise<void>((resolve) => (end = resolve));
    });
    await sides.move('harbour', 'away');
    await waitFor(place);
    end();
    await open;
    expect(await place()).toBe(true);
    await sides.stop(wide);
  });

  it('starts while its module is closed, and writes when it is open elsewhere', async () => {
    await sides.close('harbour', 'home');
    const late = await sides.start([HarbourModule, FleetModule]);
    const writing = late.database('harbour').query(moor('Fram'));
    await sides.open('harbour', 'away');
    await writing;
    expect(await berths('away')).toEqual(['Fram']);
    await sides.stop(late);
  });

  it('starts where the rows are, and holds as many connections there and at home as before', async () => {
    await sides.stop(app);
    await sides.move('harbour', 'away');
    const late = await sides.start([HarbourModule], POOL_SIZE);
    const writing = Array.from({ length: 10 }, (_, n) =>
      late.database('harbour').transaction((tx) => tx.$executeRaw(moor(`ship ${n}`))),
    );
    await Promise.all(writing);
    expect(await berths('away')).toHaveLength(10);
    await waitFor(async () => (await sides.sessions('home')).length === 1);
    await waitFor(async () => (await sides.sessions('away')).length === POOL_SIZE - 1);
    await sides.stop(late);
  });

  it('is unavailable while the place it was sent to is away, and does not turn back by itself', async () => {
    await sides.close('harbour', 'home');
    await sides.tell('harbour', 'postgres://127.0.0.1:9/nowhere');
    const refused = await database()
      .query(moor('Fram'))
      .catch((error: unknown) => error);
    expect(ModuleUnavailable.is(refused)).toBe(true);
    await sides.move('harbour', 'away');
    await waitFor(() => database().query(moor('Fram')));
    expect(await berths('away')).toEqual(['Fram']);
    expect(await berths('home')).toEqual([]);
  });

  it('does without the schema of placements: nothing has moved then', async () => {
    await sides.admin('alter schema platform rename to other');
    try {
      const late = await sides.start([HarbourModule]);
      await late.database('harbour').query(moor('Fram'));
      await sides.stop(late);
    } finally {
      await sides.admin('alter schema other rename to platform');
    }
    expect(await berths('home')).toEqual(['Fram']);
  });

  it('does nothing when it may not know where its rows are', async () => {
    const login = pg.escapeIdentifier(loginRole(sides.project.project.name, 'harbour'));
    await sides.admin(`revoke select on platform.placement from ${login}`);
    try {
      const late = await sides.start([HarbourModule]);
      const writing = late.database('harbour').query(moor('Fram'));
      await expect(writing).rejects.toMatchObject({ code: '42501' });
      await sides.stop(late);
    } finally {
      await sides.admin(`grant select on platform.placement to ${login}`);
    }
  });
});

describe('under load', () => {
  it('no write fails, none is lost or doubled, and no more connections are held than before', async () => {
    const login = pg.escapeIdentifier(loginRole(sides.project.project.name, 'harbour'));
    await sides.admin(`alter role ${login} connection limit ${POOL_SIZE}`);
    let written = 0;
    let going = true;
    const writer = async (name: number) => {
      for (let count = 0; going; count += 1) {
        await database().transaction((tx) => tx.$executeRaw(moor(`${name} ${count}`)));
        await database().query(sql`update berth set n = n + 1 where ship = ${`${name} ${count}`}`);
        written += 1;
      }
    };
    const writers = Promise.all(Array.from({ length: 8 }, (_, name) => writer(name)));
    for (const side of ['away', 'home', 'away'] as const) {
      const before = written;
      await waitFor(() => written > before + 20);
      await sides.move('harbour', side);
    }
    going = false;
    await writers;
    const [sum] = await sides.sql<{ ships: number; twice: number }>(
      'away',
      'harbour',
      'select count(*)::int as ships, count(*) filter (where n = 2)::int as twice from berth',
    );
    expect(sum).toEqual({ ships: written, twice: written });
    await sides.admin(`alter role ${login} connection limit ${2 * POOL_SIZE}`);
  });
});
