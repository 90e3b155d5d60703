import { beforeAll, describe, expect, it } from '@jest/globals';
import sql from 'sql-template-tag';
import { faultPoint, installFault } from '#platform/fault';
import type { FixtureApp } from '../../support/fixture-project.js';
import { gate } from '../../support/gate.js';
import { waitFor } from '../../support/wait-for.js';
import { ModuleLogins } from '../../../scripts/lib/events/module-logins.js';
import { dropParked, listParked, retryParked } from '../../../scripts/lib/events/parked.js';
import { applyReplay, planReplay } from '../../../scripts/lib/events/replay.js';
import { HarbourModule, ShipMoored } from './harbour.js';
import { before, FleetModule, lists, PilotModule } from './hearers.js';
import { failingOn, Stage } from './stage.js';

const stage = new Stage();
let app: FixtureApp;

beforeAll(async () => {
  app = await stage.start(HarbourModule, FleetModule, PilotModule);
});

const MANIFESTS = ['harbour', 'fleet', 'pilot'].map((name) => ({
  name,
  calls: [],
  hears: name === 'harbour' ? [] : ['harbour'],
}));

/** Does what a command does. */
async function command<T>(work: (logins: ModuleLogins) => Promise<T>): Promise<T> {
  const logins = new ModuleLogins(stage.project.project, MANIFESTS);
  try {
    return await work(logins);
  } finally {
    await logins.end();
  }
}

const fleet = { module: 'fleet', feed: 'harbour' };
const keptBy = (by: string) => stage.log('fleet', by);
const position = async (n: number) => {
  const [row] = await stage.project.sql<{ position: number }>(
    'harbour',
    "select position::int from feed where data->>'n' = $1",
    [String(n)],
  );
  return row?.position as number;
};

/** Whether a session waits for a lock. */
async function isWaiting(name: string): Promise<boolean> {
  const rows = await stage.project.sql(
    'fleet',
    `select from pg_stat_activity
     where datname = current_database() and application_name = $1
       and cardinality(pg_blocking_pids(pid)) > 0`,
    [name],
  );
  return rows.length > 0;
}

describe('a handler that fails', () => {
  it('leaves neither its effect nor a moved cursor, and is tried again', async () => {
    let tries = 0;
    const held = gate();
    // The first method of this event has written by then.
    before.second = async () => {
      if ((tries += 1) === 1) throw new Error('not yet');
      await held.opened;
    };
    await stage.moor(app, 'Fram', 1);
    await waitFor(() => tries === 2);
    expect(await keptBy('keeper')).toEqual([]);
    expect(await stage.cursor('fleet')).toBeLessThan(await stage.lastPosition());
    held.open();
    await stage.caughtUp('fleet');
    expect(await keptBy('keeper')).toEqual([1]);
    expect(await keptBy('second')).toEqual([1]);
    expect(await stage.parked('fleet')).toEqual([]);
  });

  it('leaves nothing of a transaction that fails right before its commit', async () => {
    let failures = 1;
    installFault((point) => {
      if (point === 'events.before-commit' && (failures -= 1) >= 0) throw new Error('not yet');
    });
    await stage.moor(app, 'Fram', 1);
    await stage.caughtUp('fleet');
    await stage.caughtUp('pilot');
    installFault(undefined);
    expect(await faultPoint('events.before-commit')).toBeUndefined();
    expect(failures).toBeLessThan(0);
    expect(await keptBy('keeper')).toEqual([1]);
    expect(await stage.log('pilot', 'lister')).toEqual([1]);
  });

  it('has its event parked with the error, and later ones of the subject behind it', async () => {
    before.keeper = failingOn(new Set([2]));
    await stage.moor(app, 'Fram', 1, 2, 3);
    await stage.moor(app, 'Maud', 4);
    await stage.caughtUp('fleet');
    await stage.moor(app, 'Fram', 5);
    await stage.moor(app, 'Maud', 6);
    await stage.caughtUp('fleet');
    expect(await keptBy('keeper')).toEqual([1, 4, 6]);
    const behind = await position(2);
    expect(await stage.parked('fleet')).toEqual([
      {
        n: 2,
        subject: 'Fram',
        reason: 'failed',
        error: 'cannot handle 2',
        behind: null,
        attempts: 5,
      },
      { n: 3, subject: 'Fram', reason: 'behind', error: null, behind, attempts: 0 },
      { n: 5, subject: 'Fram', reason: 'behind', error: null, behind, attempts: 0 },
    ]);
  });

  it('among many that are given as a list stops only itself', async () => {
    before.lister = failingOn(new Set([3]));
    await stage.moor(app, 'Fram', 1, 2);
    await stage.moor(app, 'Maud', 3);
    await stage.moor(app, 'Fram', 4, 5);
    await stage.caughtUp('pilot');
    expect(await stage.log('pilot', 'lister')).toEqual([1, 2, 4, 5]);
    expect(await stage.parked('pilot')).toMatchObject([{ n: 3, reason: 'failed' }]);
    lists.length = 0;
  });

  it('is waited for, and nothing is parked, while the module has no database', async () => {
    let losses = 8;
    before.keeper = async (_event, tx) => {
      if ((losses -= 1) < 0) return;
      await tx.$executeRaw(sql`select pg_terminate_backend(pg_backend_pid())`);
    };
    await stage.moor(app, 'Fram', 1);
    await stage.caughtUp('fleet');
    expect(losses).toBeLessThan(0);
    expect(await keptBy('keeper')).toEqual([1]);
    expect(await stage.parked('fleet')).toEqual([]);
  });
});

describe('an event that this code cannot read', () => {
  it('is parked when its version is not known, and the feed goes on', async () => {
    await stage.forge('harbour.ship-moored.v2', 'Fram', { ship: 'Fram', n: 1, berth: 'A' });
    await stage.moor(app, 'Fram', 2);
    await stage.moor(app, 'Maud', 3);
    await stage.caughtUp('fleet');
    expect(await keptBy('keeper')).toEqual([3]);
    expect(await stage.parked('fleet')).toMatchObject([
      {
        n: 1,
        reason: 'unknown version',
        error: '"harbour.ship-moored.v2" is a version that this code does not know',
        attempts: 0,
      },
      { n: 2, reason: 'behind' },
    ]);
  });

  it('is passed over when nobody hears any version of it', async () => {
    await stage.forge('harbour.lamp-lit.v2', 'lamp', {});
    await stage.forge('harbour.ship-launched.v1', 'Fram', {});
    await stage.caughtUp('fleet');
    expect(await stage.parked('fleet')).toEqual([]);
  });

  it('is parked when its data does not fit the schema', async () => {
    await stage.forge('harbour.ship-moored.v1', 'Fram', { ship: 'Fram', n: 1, extra: true });
    await stage.caughtUp('fleet');
    expect(await keptBy('keeper')).toEqual([]);
    expect(await stage.parked('fleet')).toMatchObject([{ n: 1, reason: 'bad payload' }]);
    expect((await stage.parked('fleet'))[0]?.error).toContain('Unrecognized key');
  });
});

describe('a parked event', () => {
  const failing = new Set<number>();

  /** Fram's 2 and 4 cannot be handled; 3 and 5 wait behind 2. */
  async function park(): Promise<void> {
    failing.clear();
    [2, 4].forEach((n) => failing.add(n));
    before.keeper = failingOn(failing);
    await stage.moor(app, 'Fram', 1, 2, 3, 4, 5);
    await stage.moor(app, 'Maud', 6);
    await stage.caughtUp('fleet');
    expect(await keptBy('keeper')).toEqual([1, 6]);
  }
  const parkedNs = async () => (await stage.parked('fleet')).map(({ n }) => n);

  it('is listed', async () => {
    await park();
    const found = await command((logins) => listParked(logins, { ...fleet, subject: 'Fram' }));
    expect(found).toHaveLength(4);
    expect(found[0]).toEqual({
      module: 'fleet',
      feed: 'harbour',
      position: await position(2),
      type: 'harbour.ship-moored.v1',
      subject: 'Fram',
      reason: 'failed',
      error: 'cannot handle 2',
      behind: null,
      attempts: 5,
      parkedAt: expect.any(Date),
      wanted: null,
    });
    expect(await command((logins) => listParked(logins, { subject: 'Maud' }))).toEqual([]);
  });

  it('is retried with those behind it, in order, up to the next that fails', async () => {
    await park();
    failing.delete(2);
    const tried = await command((logins) => retryParked(logins, fleet));
    expect(tried).toMatchObject([{ subject: 'Fram', position: await position(2) }]);
    await waitFor(
      async () =>
        (await stage.parked('fleet'))[0]?.reason === 'failed' && (await parkedNs())[0] === 4,
    );
    expect(await keptBy('keeper')).toEqual([1, 6, 2, 3]);
    expect(await stage.parked('fleet')).toMatchObject([
      { n: 4, reason: 'failed', error: 'cannot handle 4', behind: null, attempts: 1 },
      { n: 5, reason: 'behind' },
    ]);
    failing.clear();
    await command((logins) => retryParked(logins, { position: 0 }));
    expect(await parkedNs()).toEqual([4, 5]);
    await command(async (logins) => retryParked(logins, { position: await position(5) }));
    await waitFor(async () => (await parkedNs()).length === 0);
    await stage.moor(app, 'Fram', 7);
    await stage.caughtUp('fleet');
    expect(await keptBy('keeper')).toEqual([1, 6, 2, 3, 4, 5, 7]);
  });

  it('is dropped for good, and those behind it wait until they are retried', async () => {
    await park();
    await command(async (logins) => dropParked(logins, { ...fleet, position: await position(2) }));
    expect(await parkedNs()).toEqual([3, 4, 5]);
    failing.clear();
    await stage.moor(app, 'Fram', 7);
    await stage.caughtUp('fleet');
    expect(await parkedNs()).toEqual([3, 4, 5, 7]);
    await command((logins) => retryParked(logins, { ...fleet, subject: 'Fram' }));
    await waitFor(async () => (await parkedNs()).length === 0);
    expect(await keptBy('keeper')).toEqual([1, 6, 3, 4, 5, 7]);
    expect(await command((logins) => dropParked(logins, fleet))).toEqual([]);
  });

  it('of a subject that was dropped whole leaves the subject free', async () => {
    await park();
    await command((logins) => dropParked(logins, { ...fleet, subject: 'Fram' }));
    await stage.moor(app, 'Fram', 7);
    await stage.caughtUp('fleet');
    expect(await keptBy('keeper')).toEqual([1, 6, 7]);
  });

  it('is dropped with one that is about to be put behind it', async () => {
    before.keeper = failingOn(new Set([1]));
    await stage.moor(app, 'Fram', 1);
    await waitFor(async () => (await parkedNs()).length === 1);
    const [held, begun] = [gate(), gate()];
    before.keeper = () => {
      begun.open();
      return held.opened;
    };
    await app.database('harbour').transaction((tx) =>
      tx.publish(ShipMoored, [
        { ship: 'Fram', n: 2 },
        { ship: 'Maud', n: 3 },
      ]),
    );
    await begun.opened;
    let dropped = false;
    const dropping = command((logins) => dropParked(logins, fleet)).then(() => (dropped = true));
    await waitFor(async () => dropped || (await isWaiting('events of fleet')));
    held.open();
    await dropping;
    await stage.caughtUp('fleet');
    expect(await parkedNs()).toEqual([]);
  });

  it('is asked for under names that there are', async () => {
    const unknown = command((logins) => listParked(logins, { module: 'harbour' }));
    await expect(unknown).rejects.toMatchObject({
      message: 'No module "harbour" hears any feed.',
      remedy: 'Who hears whom: fleet harbour, pilot harbour',
    });
  });
});

describe('a replay', () => {
  const replay = (start: string) =>
    command(async (logins) => {
      const plan = await planReplay(logins, fleet, start);
      await applyReplay(logins, plan);
      return plan;
    });

  it('hears the feed again from the beginning, what was parked included', async () => {
    const failing = new Set([2]);
    before.keeper = failingOn(failing);
    await stage.moor(app, 'Fram', 1, 2, 3);
    await stage.caughtUp('fleet');
    failing.clear();
    const from = await stage.lastPosition();
    const plan = { ...fleet, from, to: 0, events: 3, parked: 2, keeps: ['log'] };
    expect(await replay('beginning')).toEqual(plan);
    await waitFor(async () => (await keptBy('keeper')).length === 4);
    expect(await keptBy('keeper')).toEqual([1, 1, 2, 3]);
    expect(await stage.parked('fleet')).toEqual([]);
  });

  it('hears it from a position on, that event included', async () => {
    await stage.moor(app, 'Fram', 1, 2, 3);
    await stage.caughtUp('fleet');
    const start = await position(2);
    expect(await replay(String(start))).toMatchObject({ to: start - 1, events: 2 });
    await waitFor(async () => (await keptBy('keeper')).length === 5);
    expect(await keptBy('keeper')).toEqual([1, 2, 3, 2, 3]);
  });

  it('hears it from a time on', async () => {
    await stage.moor(app, 'Fram', 1);
    const [row] = await stage.project.sql<{ now: Date }>(
      'harbour',
      'select clock_timestamp() as now',
    );
    // The clock that JavaScript has stands still for a millisecond.
    await waitFor(() => Date.now() > (row as { now: Date }).now.getTime() + 1);
    await stage.moor(app, 'Fram', 2);
    await stage.caughtUp('fleet');
    const start = new Date((row as { now: Date }).now.getTime() + 1).toISOString();
    expect(await replay(start)).toMatchObject({ events: 1 });
    await waitFor(async () => (await keptBy('keeper')).length === 3);
    expect(await keptBy('keeper')).toEqual([1, 2, 2]);
  });

  it('is refused for a start that lies ahead, or that is none', async () => {
    await stage.moor(app, 'Fram', 1);
    await stage.caughtUp('fleet');
    const at = await stage.lastPosition();
    const ahead = {
      message: `"fleet" has read the feed of "harbour" up to ${at}, and heard nothing from there on.`,
    };
    await expect(replay('2999-01-01')).rejects.toMatchObject(ahead);
    await expect(replay(String(at + 1))).rejects.toMatchObject(ahead);
    for (const none of ['yesterday', 'beginning 1', '-5', '2026-02-99']) {
      await expect(replay(none)).rejects.toMatchObject({
        message: `"${none}" is neither "beginning" nor a position nor a time.`,
      });
    }
  });
});
