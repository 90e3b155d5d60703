import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import sql from 'sql-template-tag';
import { ModuleUnavailable } from '#platform/errors';
import { newId } from '#platform/http/ids';
import {
  cancelSaga,
  claimSagas,
  parkSaga,
  renewLeases,
  type SagaRow,
} from '#platform/sagas/saga.statements';
import { currentTraceparent, withTraceparent } from '#platform/tracing/trace-context';
import { gate } from '../../support/gate.js';
import { waitFor } from '../../support/wait-for.js';
import { failing, NoRoom, ShopFloor } from './shop-floor.js';

let floor: ShopFloor;
const oak = { what: 'oak' };
const wish = { code: 'floor.unwanted', title: 'Nobody wants it any more.' };

beforeAll(async () => {
  floor = await ShopFloor.open();
});
afterAll(() => floor.close());
beforeEach(() => floor.empty());

const state = async (id: string) => (await floor.row(id))?.['state'] as string | undefined;
const ended = (id: string) =>
  waitFor(async () => ['completed', 'compensated'].includes((await state(id)) ?? ''));
const parked = (id: string) => waitFor(async () => (await floor.row(id))?.['parked_at'] != null);
const waiting = (id: string) => waitFor(async () => (await floor.row(id))?.['failure'] != null);

describe('a saga', () => {
  it('takes its steps in order, each under a key of its own, and ends', async () => {
    const saga = floor.define();
    floor.run(saga);
    await floor.start(saga, 'a', oak);
    await ended('a');
    expect(floor.calls).toEqual(['saw.run a:saw', 'drill.run a:drill', 'ship.run a:ship']);
    expect(floor.ends).toEqual(['completed a oak saw,drill,ship']);
    expect(await floor.row('a')).toMatchObject({
      state: 'completed',
      results: { saw: { by: 'saw.run' }, drill: { by: 'drill.run' }, ship: { by: 'ship.run' } },
      ended_at: expect.any(Date),
    });
  });

  it('is not started by a transaction that is rolled back', async () => {
    const saga = floor.define();
    floor.run(saga);
    const failed = floor.database.transaction(async (tx) => {
      await saga.start(tx, 'a', oak);
      throw new Error('rolled back');
    });
    await expect(failed).rejects.toThrow('rolled back');
    expect(await floor.row('a')).toBeUndefined();
  });

  it('is started once, however often', async () => {
    const saga = floor.define();
    floor.run(saga);
    await Promise.all(['oak', 'elm', 'ash'].map((what) => floor.start(saga, 'a', { what })));
    await ended('a');
    expect(floor.ends).toHaveLength(1);
    expect(floor.calls).toHaveLength(3);
  });

  it('is a part of the trace that it was started in, step by step, and to its end', async () => {
    const saga = floor.define();
    const seen: unknown[] = [];
    for (const call of ['saw.run', 'drill.run', 'completed']) {
      floor.behaviours.set(call, async () => void seen.push(currentTraceparent()));
    }
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await withTraceparent(traceparent, () => floor.start(saga, 'a', oak));
    // Begun by who did not start it.
    floor.run(saga, floor.openDatabase());
    await ended('a');
    expect(seen).toEqual([traceparent, traceparent, traceparent]);
  });

  it('refuses an input that is not of its form', async () => {
    await expect(floor.start(floor.define(), 'a', {} as never)).rejects.toThrow('what');
  });

  it('compensates the finished steps in reverse when one is refused', async () => {
    floor.behaviours.set(
      'ship.run',
      failing(1, () => new NoRoom({ left: 0 })),
    );
    const saga = floor.define();
    floor.run(saga);
    await floor.start(saga, 'a', oak);
    await ended('a');
    expect(floor.calls.slice(3)).toEqual(['drill.compensate a:drill', 'saw.compensate a:saw']);
    expect(floor.ends).toEqual(['compensated a floor.no-room']);
    expect((await floor.row('a'))?.['reason']).toEqual({
      code: 'floor.no-room',
      title: 'There is no room.',
      values: { left: 0 },
    });
  });

  it('has nothing to compensate when the first step is refused', async () => {
    floor.behaviours.set(
      'saw.run',
      failing(1, () => new NoRoom({ left: 0 })),
    );
    const saga = floor.define();
    floor.run(saga);
    await floor.start(saga, 'a', oak);
    await ended('a');
    expect(floor.calls).toEqual(['saw.run a:saw']);
    expect(floor.ends).toEqual(['compensated a floor.no-room']);
  });

  it('repeats under the same key what could not be answered, for as long as it takes', async () => {
    floor.behaviours.set(
      'drill.run',
      failing(3, () => new ModuleUnavailable({ module: 'drills' })),
    );
    const saga = floor.define();
    floor.run(saga);
    await floor.start(saga, 'a', oak);
    await ended('a');
    expect(floor.calls.filter((call) => call === 'drill.run a:drill')).toHaveLength(4);
    expect(floor.ends).toEqual(['completed a oak saw,drill,ship']);
  });

  it('repeats a compensation until it succeeds', async () => {
    floor.behaviours.set(
      'ship.run',
      failing(1, () => new NoRoom({ left: 0 })),
    );
    floor.behaviours.set(
      'saw.compensate',
      failing(3, () => new ModuleUnavailable({ module: 'saws' })),
    );
    const saga = floor.define();
    floor.run(saga);
    await floor.start(saga, 'a', oak);
    await ended('a');
    expect(floor.calls.filter((call) => call === 'saw.compensate a:saw')).toHaveLength(4);
  });

  it('gives up a call that takes too long, and repeats it', async () => {
    let calls = 0;
    floor.behaviours.set('saw.run', () => (calls++ ? Promise.resolve() : gate().opened));
    const saga = floor.define({ timeout: 50 });
    floor.run(saga);
    await floor.start(saga, 'a', oak);
    await ended('a');
    expect(floor.calls.filter((call) => call.startsWith('saw.run'))).toHaveLength(2);
  });

  it('compensates a step that keeps failing in a way that nobody foresaw', async () => {
    floor.behaviours.set('drill.run', () => Promise.reject(new TypeError('a bug')));
    const saga = floor.define();
    floor.run(saga);
    await floor.start(saga, 'a', oak);
    await waiting('a');
    await floor.alter('update saga set unforeseen = 7, next_at = now()');
    await ended('a');
    expect(floor.calls.slice(-2)).toEqual(['drill.compensate a:drill', 'saw.compensate a:saw']);
    expect((await floor.row('a'))?.['reason']).toMatchObject({
      code: 'saga.step-failed',
      values: { message: 'a bug' },
    });
  });

  it('is not given up for one failure that nobody foresaw, after a callee was away for long', async () => {
    const saga = floor.define();
    floor.behaviours.set(
      'saw.run',
      failing(1, () => new TypeError('a bug')),
    );
    await floor.start(saga, 'a', oak);
    await floor.alter('update saga set attempts = 50');
    floor.run(saga);
    await waiting('a');
    await floor.alter('update saga set next_at = now()');
    await ended('a');
    expect(floor.ends).toEqual(['completed a oak saw,drill,ship']);
  });

  it('is compensated when it was not done in time', async () => {
    floor.behaviours.set('drill.run', () => Promise.reject(new ModuleUnavailable({ module: 'd' })));
    const saga = floor.define({ giveUpAfter: 60_000 });
    floor.run(saga);
    await floor.start(saga, 'a', oak);
    await waiting('a');
    await floor.alter("update saga set started_at = now() - interval '61 s', next_at = now()");
    await ended('a');
    expect(floor.ends).toEqual(['compensated a saga.timed-out']);
  });

  it('is done again from its end on when the end fails', async () => {
    floor.behaviours.set(
      'completed',
      failing(2, () => new Error('not yet')),
    );
    const saga = floor.define();
    floor.run(saga);
    await floor.start(saga, 'a', oak);
    await ended('a');
    expect(floor.ends).toEqual(['completed a oak saw,drill,ship']);
    expect(floor.calls.filter((call) => call.startsWith('drill'))).toHaveLength(1);
  });
});

describe('cancelling a saga', () => {
  it('compensates the step under way too, since it may take effect', async () => {
    const held = gate();
    floor.behaviours.set('drill.run', () => held.opened);
    const saga = floor.define();
    floor.run(saga);
    await floor.start(saga, 'a', oak);
    await waitFor(() => floor.calls.includes('drill.run a:drill'));
    expect(await floor.database.transaction((tx) => saga.cancel(tx, 'a', wish))).toBe(true);
    held.open();
    await ended('a');
    expect(floor.calls.slice(2)).toEqual(['drill.compensate a:drill', 'saw.compensate a:saw']);
    expect(floor.ends).toEqual(['compensated a floor.unwanted']);
  });

  it('does not wait for a callee that is away', async () => {
    floor.behaviours.set('drill.run', () => Promise.reject(new ModuleUnavailable({ module: 'd' })));
    const saga = floor.define();
    floor.run(saga);
    await floor.start(saga, 'a', oak);
    await waiting('a');
    await floor.alter("update saga set next_at = now() + interval '1 hour'");
    await floor.database.transaction((tx) => saga.cancel(tx, 'a', wish));
    await ended('a');
    expect(floor.ends).toEqual(['compensated a floor.unwanted']);
  });

  it('is granted while the last step is under way', async () => {
    const held = gate();
    floor.behaviours.set('ship.run', () => held.opened);
    const saga = floor.define();
    floor.run(saga);
    await floor.start(saga, 'a', oak);
    await waitFor(() => floor.calls.includes('ship.run a:ship'));
    expect(await floor.database.transaction((tx) => saga.cancel(tx, 'a', wish))).toBe(true);
    held.open();
    await ended('a');
    expect(floor.calls.slice(3, 4)).toEqual(['ship.compensate a:ship']);
    expect(floor.ends).toEqual(['compensated a floor.unwanted']);
  });

  it('is granted before it would be left to a person, and then is not', async () => {
    const saga = floor.define();
    await floor.start(saga, 'a', oak);
    const [claimed] = await floor.database.query<SagaRow>(claimSagas(['build'], newId(), 1));
    await floor.database.query(cancelSaga('a', wish));
    const [left] = await floor.database.query(parkSaga(claimed as SagaRow, 'it failed'));
    expect(left).toEqual({ parked: false });
    floor.run(saga);
    await ended('a');
    expect(floor.ends).toEqual(['compensated a floor.unwanted']);
  });

  it('is refused from the pivot on', async () => {
    const held = gate();
    floor.behaviours.set('ship.run', () => held.opened);
    const saga = floor.define({ pivot: 'ship' });
    floor.run(saga);
    await floor.start(saga, 'a', oak);
    await waitFor(() => floor.calls.includes('ship.run a:ship'));
    expect(await floor.database.transaction((tx) => saga.cancel(tx, 'a', wish))).toBe(false);
    held.open();
    await ended('a');
    expect(floor.ends).toEqual(['completed a oak saw,drill,ship']);
  });

  it('is refused after the pivot too', async () => {
    const held = gate();
    floor.behaviours.set('ship.run', () => held.opened);
    const saga = floor.define({ pivot: 'drill' });
    floor.run(saga);
    await floor.start(saga, 'a', oak);
    await waitFor(() => floor.calls.includes('ship.run a:ship'));
    expect(await floor.database.transaction((tx) => saga.cancel(tx, 'a', wish))).toBe(false);
    held.open();
    await ended('a');
  });

  it('is met before the pivot is begun', async () => {
    const held = gate();
    floor.behaviours.set('drill.run', () => held.opened);
    const saga = floor.define({ pivot: 'ship' });
    floor.run(saga);
    await floor.start(saga, 'a', oak);
    await waitFor(() => floor.calls.includes('drill.run a:drill'));
    expect(await floor.database.transaction((tx) => saga.cancel(tx, 'a', wish))).toBe(true);
    held.open();
    await ended('a');
    expect(floor.calls.some((call) => call.startsWith('ship'))).toBe(false);
    expect(floor.ends).toEqual(['compensated a floor.unwanted']);
  });

  it('is refused for one that has ended, and for one that never was', async () => {
    const saga = floor.define();
    floor.run(saga);
    await floor.start(saga, 'a', oak);
    await ended('a');
    const cancel = (id: string) => floor.database.transaction((tx) => saga.cancel(tx, id, wish));
    expect(await Promise.all([cancel('a'), cancel('none')])).toEqual([false, false]);
  });
});

describe('a saga that only a person can go on with', () => {
  it('is parked when a compensation is refused', async () => {
    floor.behaviours.set(
      'ship.run',
      failing(1, () => new NoRoom({ left: 0 })),
    );
    floor.behaviours.set(
      'drill.compensate',
      failing(1, () => new NoRoom({ left: 1 })),
    );
    const saga = floor.define();
    floor.run(saga);
    await floor.start(saga, 'a', oak);
    await parked('a');
    expect(await floor.row('a')).toMatchObject({
      state: 'compensating',
      step: 'drill',
      failure: 'floor.no-room: There is no room.',
      holder: null,
    });
    await floor.alter('update saga set parked_at = null');
    await ended('a');
    expect(floor.ends).toEqual(['compensated a floor.no-room']);
  });

  it('is parked when its pivot keeps failing', async () => {
    floor.behaviours.set('ship.run', () => Promise.reject(new TypeError('a bug')));
    const saga = floor.define({ pivot: 'ship' });
    floor.run(saga);
    await floor.start(saga, 'a', oak);
    await waiting('a');
    await floor.alter('update saga set unforeseen = 7, next_at = now()');
    await parked('a');
    expect(floor.calls.some((call) => call.includes('compensate'))).toBe(false);
  });

  it('is parked when a step after its pivot is refused', async () => {
    floor.behaviours.set(
      'ship.run',
      failing(1, () => new NoRoom({ left: 0 })),
    );
    const saga = floor.define({ pivot: 'drill' });
    floor.run(saga);
    await floor.start(saga, 'a', oak);
    await parked('a');
    expect(floor.calls.some((call) => call.includes('compensate'))).toBe(false);
  });

  it('compensates what came before its pivot when the pivot itself is refused', async () => {
    floor.behaviours.set(
      'drill.run',
      failing(1, () => new NoRoom({ left: 0 })),
    );
    const saga = floor.define({ pivot: 'drill' });
    floor.run(saga);
    await floor.start(saga, 'a', oak);
    await ended('a');
    expect(floor.calls.slice(2)).toEqual(['saw.compensate a:saw']);
  });

  it('is parked when its step is gone from the code', async () => {
    const saga = floor.define();
    await floor.start(saga, 'a', oak);
    await floor.alter("update saga set step = 'glue'");
    floor.run(saga);
    await parked('a');
    expect((await floor.row('a'))?.['failure']).toBe(
      'the saga "build" has no step "glue" any more',
    );
  });
});

describe('several processes', () => {
  it('drive each saga once', async () => {
    const saga = floor.define();
    const databases = [floor.openDatabase(), floor.openDatabase(), floor.openDatabase()];
    databases.forEach((database) => floor.run(floor.define(), database));
    const ids = Array.from({ length: 60 }, (_, index) => `s${index}`);
    await Promise.all(ids.map((id) => floor.start(saga, id, oak)));
    await waitFor(() => floor.ends.length === ids.length);
    expect(new Set(floor.ends).size).toBe(ids.length);
    expect(floor.calls).toHaveLength(3 * ids.length);
  });

  it('renew all leases but that of a saga that somebody is changing', async () => {
    const saga = floor.define();
    await Promise.all(['a', 'b'].map((id) => floor.start(saga, id, oak)));
    const claimed = await floor.database.query<SagaRow>(claimSagas(['build'], newId(), 2));
    const [held, locked] = [gate(), gate()];
    const changing = floor.database.transaction(async (tx) => {
      await tx.$queryRaw(sql`select from saga where id = 'a' for update`);
      locked.open();
      await held.opened;
    });
    await locked.opened;
    try {
      const renewed = await floor.database.query(sql`${renewLeases(claimed)} returning id`);
      expect(renewed).toEqual([{ id: 'b' }]);
    } finally {
      held.open();
      await changing;
    }
  });

  it('take over a saga whose driver is gone, where it stopped', async () => {
    const saga = floor.define();
    await floor.start(saga, 'a', oak);
    // As a driver leaves it that was killed in its second step.
    await floor.alter(
      `update saga set step = 'drill', results = '{"saw": {"by": "saw.run"}}',
         holder = gen_random_uuid(), held_until = now() - interval '1 ms'`,
    );
    floor.run(saga);
    await ended('a');
    expect(floor.calls).toEqual(['drill.run a:drill', 'ship.run a:ship']);
  });

  it('leave alone a saga that is driven, however long its step takes', async () => {
    const held = gate();
    floor.behaviours.set('saw.run', () => held.opened);
    const saga = floor.define();
    floor.run(saga);
    await floor.start(saga, 'a', oak);
    await waitFor(() => floor.calls.length === 1);
    const before = (await floor.row('a'))?.['held_until'] as unknown as Date;
    await waitFor(async () => ((await floor.row('a'))?.['held_until'] as unknown as Date) > before);
    held.open();
    await ended('a');
    expect(floor.calls).toHaveLength(3);
  });

  it('stop driving a saga that another has taken over', async () => {
    const held = gate();
    floor.behaviours.set('drill.run', () => held.opened);
    const saga = floor.define();
    const runner = floor.run(saga);
    await floor.start(saga, 'a', oak);
    await waitFor(() => floor.calls.includes('drill.run a:drill'));
    await floor.alter(
      "update saga set holder = gen_random_uuid(), held_until = now() + interval '1 hour'",
    );
    held.open();
    await runner.beforeApplicationShutdown();
    expect(floor.calls.some((call) => call.startsWith('ship'))).toBe(false);
    expect(await state('a')).toBe('running');
  });

  it('hand over at once what a process that ends has begun', async () => {
    const held = gate();
    floor.behaviours.set('saw.run', () => held.opened);
    const saga = floor.define();
    const runner = floor.run(saga);
    await floor.start(saga, 'a', oak);
    await waitFor(() => floor.calls.length === 1);
    const stopped = runner.beforeApplicationShutdown();
    held.open();
    await stopped;
    expect(await floor.row('a')).toMatchObject({ step: 'drill', holder: null, held_until: null });
    floor.run(saga);
    await ended('a');
    expect(floor.ends).toEqual(['completed a oak saw,drill,ship']);
  });
});
