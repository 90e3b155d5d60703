import { beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from '#platform/database';
import { currentUpTo } from '#platform/events';
import { Cursor } from '#platform/events/cursor';
import type { Envelope } from '#platform/events/event';
import { FeedReaders } from '#platform/events/feed-readers';
import { LocalFeed } from '#platform/events/feed-source';
import { newId } from '#platform/http/ids';
import { currentTraceparent, withTraceparent } from '#platform/tracing/trace-context';
import { type FixtureApp } from '../../support/fixture-project.js';
import { gate } from '../../support/gate.js';
import { waitFor } from '../../support/wait-for.js';
import { HarbourModule, LampLit, ShipMoored, ShipSailed } from './harbour.js';
import { before, FleetModule, lists, PilotModule } from './hearers.js';
import { Stage } from './stage.js';

const stage = new Stage();
let app: FixtureApp;

beforeAll(async () => {
  app = await stage.start(HarbourModule, FleetModule, PilotModule);
});

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('a hearer', () => {
  it('is given each event once and in order, by every method that hears it', async () => {
    for (let n = 1; n <= 40; n += 2) {
      await stage.moor(app, 'Fram', n);
      await app
        .database('harbour')
        .transaction((tx) => tx.publish(ShipSailed, { ship: 'Fram', n: n + 1 }));
    }
    await stage.caughtUp('fleet');
    expect(await stage.log('fleet', 'keeper')).toEqual(range(1, 40));
    expect(await stage.log('fleet', 'second')).toEqual(range(1, 40).filter((n) => n % 2 === 1));
  });

  it('has all of its methods hear an event before the next one', async () => {
    await stage.moor(app, 'Fram', 1, 2);
    await stage.caughtUp('fleet');
    const rows = await stage.project.sql('fleet', 'select n, by from log order by id');
    expect(rows).toEqual([
      { n: 1, by: 'keeper' },
      { n: 1, by: 'second' },
      { n: 2, by: 'keeper' },
      { n: 2, by: 'second' },
    ]);
  });

  it('is given the event as it was published', async () => {
    const heard: Envelope[] = [];
    before.keeper = (event) => void heard.push(event);
    await stage.moor(app, 'Fram', 1);
    await waitFor(() => heard.length > 0);
    const [published] = await new LocalFeed(app.database('harbour')).read(0, 1);
    expect(heard).toEqual([published]);
  });

  it('passes over events that it does not hear', async () => {
    await app.database('harbour').transaction((tx) => tx.publish(LampLit, {}));
    await stage.caughtUp('fleet');
    expect(await stage.log('fleet', 'keeper')).toEqual([]);
    expect(await stage.parked('fleet')).toEqual([]);
  });

  it('may publish, in the same transaction', async () => {
    const fleet = app.database('fleet');
    const feed = new LocalFeed(fleet);
    before.keeper = async (event, tx) => {
      await expect(tx.publish(ShipMoored, event.data)).rejects.toThrow(
        '"fleet" publishes "harbour.ship-moored.v1", which is another module\'s event.',
      );
      await tx.$executeRaw(sql`
        insert into feed (id, type, subject, data)
        values (gen_random_uuid(), 'fleet.counted.v1', 'Fram', '{}')`);
    };
    await stage.moor(app, 'Fram', 1);
    await waitFor(async () => (await feed.read(0, 10)).length === 1);
    expect(await stage.log('fleet', 'keeper')).toEqual([1]);
  });

  it('hears in the trace of what was published, or in none', async () => {
    const seen: unknown[] = [];
    before.keeper = () => void seen.push(currentTraceparent());
    before.second = () => void seen.push(currentTraceparent());
    await withTraceparent(TRACE, () => stage.moor(app, 'Fram', 1));
    await stage.moor(app, 'Fram', 2);
    await stage.caughtUp('fleet');
    expect(seen).toEqual([TRACE, TRACE, undefined, undefined]);
  });

  it('is refused every other database inside', async () => {
    let refused: unknown;
    before.keeper = async () => {
      refused = await Promise.resolve()
        .then(() => app.database('fleet').query(sql`select 1`))
        .catch((error: unknown) => error);
    };
    await stage.moor(app, 'Fram', 1);
    await waitFor(() => refused !== undefined);
    expect(refused).toMatchObject({ name: 'InsideTransactionError' });
  });

  it('hears without hints, though later', async () => {
    for (let n = 1; n <= 3; n += 1) {
      await stage.forge(ShipMoored.type, 'Fram', { ship: 'Fram', n });
      await stage.caughtUp('fleet');
    }
    expect(await stage.log('fleet', 'keeper')).toEqual([1, 2, 3]);
  });
});

describe('a method that takes a list', () => {
  it('is given the events that follow each other, in order, whatever their kind', async () => {
    await stage.project.sql('pilot', 'delete from cursor');
    await app.database('harbour').transaction(async (tx) => {
      await tx.publish(
        ShipMoored,
        [1, 2].map((n) => ({ ship: 'Fram', n })),
      );
      await tx.publish(LampLit, {});
      await tx.publish(ShipSailed, { ship: 'Fram', n: 3 });
    });
    await stage.caughtUp('pilot');
    expect(lists).toEqual([[1, 2, 3]]);
    expect(await stage.log('pilot', 'lister')).toEqual([1, 2, 3]);
  });
});

describe('a list', () => {
  it.each([
    ['of one trace is heard in it', [TRACE, TRACE], [TRACE, TRACE]],
    ['of several is heard in none', [TRACE, `${TRACE.slice(0, -1)}0`], [undefined, undefined]],
  ])('%s', async (_what, published, expected) => {
    const seen: unknown[] = [];
    before.lister = () => void seen.push(currentTraceparent());
    await app.database('harbour').transaction(async (tx) => {
      for (const [n, each] of published.entries()) {
        await withTraceparent(each, () => tx.publish(ShipMoored, { ship: 'Fram', n }));
      }
    });
    await stage.caughtUp('pilot');
    expect(seen).toEqual(expected);
  });
});

describe('what a hearer is current up to', () => {
  const moment = async (statement: ReturnType<typeof sql>) => {
    const [row] = await app.database('fleet').query<{ upTo: Date | null }>(statement);
    return row?.upTo?.getTime() ?? 0;
  };
  const upTo = () => moment(currentUpTo(['harbour']));
  const heldUpTo = () => moment(sql`select held_until as "upTo" from cursor`);

  it('is no moment at which there was an event that an open transaction held back', async () => {
    const [open, begun] = [gate(), gate()];
    const publishing = app.database('harbour').transaction(async (tx) => {
      await tx.publish(ShipMoored, { ship: 'Fram', n: 1 });
      begun.open();
      await open.opened;
    });
    await begun.opened;
    await stage.moor(app, 'Fram', 2);
    const now = await moment(sql`select clock_timestamp() as "upTo"`);
    for (let looks = 1; looks <= 2; looks += 1) {
      const before = await heldUpTo();
      await waitFor(async () => (await heldUpTo()) > before);
    }
    expect(await upTo()).toBeLessThan(now);
    open.open();
    await publishing;
    await waitFor(async () => (await upTo()) > now);
    expect(await stage.log('fleet', 'keeper')).toEqual([1, 2]);
  });
});

describe('a hearer that is slow or fails', () => {
  it('keeps no other process waiting that would take its cursor', async () => {
    const [held, begun] = [gate(), gate()];
    before.keeper = () => {
      begun.open();
      return held.opened;
    };
    await stage.moor(app, 'Fram', 1);
    await begun.opened;
    const another = new Cursor(app.database('fleet'), 'harbour', newId());
    try {
      expect(await another.hold()).toBeUndefined();
    } finally {
      held.open();
    }
    await stage.caughtUp('fleet');
  });

  it('holds up neither who publishes nor another hearer', async () => {
    const held = gate();
    before.keeper = () => held.opened;
    await stage.moor(app, 'Fram', 1, 2);
    await stage.caughtUp('pilot');
    await stage.moor(app, 'Fram', 3);
    await stage.caughtUp('pilot');
    expect(await stage.log('pilot', 'lister')).toEqual([1, 2, 3]);
    expect(await stage.log('fleet', 'keeper')).toEqual([]);
    held.open();
    await stage.caughtUp('fleet');
    expect(await stage.log('fleet', 'keeper')).toEqual([1, 2, 3]);
  });

  it('is seen by its lag', async () => {
    const lagOf = async (module: string) => {
      const lags = await app.nest.get(FeedReaders).lag();
      return lags.find((lag) => lag.module === module);
    };
    const held = gate();
    before.keeper = () => held.opened;
    await stage.moor(app, 'Fram', 1, 2);
    await stage.caughtUp('pilot');
    expect(await lagOf('pilot')).toEqual({
      module: 'pilot',
      feed: 'harbour',
      events: 0,
      seconds: 0,
      parked: 0,
    });
    const behind = await lagOf('fleet');
    expect(behind).toMatchObject({ events: 2, parked: 0 });
    expect(behind?.seconds).toBeGreaterThan(0);
    held.open();
    await stage.caughtUp('fleet');
  });
});
