import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Stage } from '../../scripts/lib/extraction/sides/stage.js';
import { waitFor } from '../support/wait-for.js';
import { killedAt } from './killed-at.js';
import { MODULE, MovingModule, ROWS } from './moving-module.js';
import { Writers } from './writers.js';

let moving: MovingModule;
let writers: Writers;
beforeAll(async () => {
  moving = await MovingModule.open();
  await moving.sql(ROWS);
  writers = new Writers(moving);
});
afterAll(async () => {
  await writers.stop();
  await moving.close();
});

/** Once Postgres has noticed that the mover is gone. */
const stage = (): Promise<Stage> =>
  moving.look(async (move) => {
    await waitFor(async () => {
      const held = 'select from pg_locks where locktype = $1 and objsubid = 1';
      const sides = [move.home, ...(move.awayIfThere ? [move.awayIfThere] : [])];
      const locks = await Promise.all(sides.map((side) => side.rows(held, ['advisory'])));
      return locks.flat().length === 0;
    });
    return (await move.look()).stage;
  });

const writing = () => {
  const goal = writers.acknowledged.length + 30;
  return waitFor(() => writers.acknowledged.length >= goal);
};

async function nothingIsLost(place: string): Promise<void> {
  await writing();
  await writers.stop();
  expect(await writers.faults(place)).toEqual([]);
  await moving.sql(`truncate ${MODULE}.entry; update ${MODULE}.counter set value = 0`, place);
  writers = new Writers(moving);
}

describe('a mover that is killed', () => {
  it.each(['move.prepared', 'move.table-closed:3'])(
    'at %s, where it makes the other side ready, can begin again',
    async (point) => {
      expect(await killedAt(moving, point, 'prepare')).toBe('SIGKILL');
      expect(await stage()).toBe('none');
    },
  );

  it('goes on with the same command then', async () => {
    expect(await moving.verb('prepare')).toMatchObject({ stage: 'prepared' });
  });

  it.each([
    ['move.copying', 'copy', 'copying', 'in step'],
    ['move.comparing:3', 'verify', 'in step', 'in step'],
  ] as const)('at %s goes on with the same command', async (point, verb, stands, ends) => {
    expect(await killedAt(moving, point, verb)).toBe('SIGKILL');
    expect(['in step', stands]).toContain(await stage());
    expect(await moving.verb(verb)).toMatchObject({ stage: ends });
    await writing();
  });
});

const POINTS: readonly [point: string, cutover: Stage, rollback: Stage][] = [
  ['move.armed', 'in step', 'away'],
  ['move.table-closed', 'leaving', 'returning'],
  ['move.table-closed:6', 'leaving', 'returning'],
  ['move.fenced', 'leaving', 'returning'],
  ['move.drained', 'leaving', 'returning'],
  ['move.opened', 'arriving', 'landing'],
  ['move.flipped', 'arriving', 'landing'],
  ['move.old-stream-dropped', 'arriving', 'landing'],
  ['move.comparing', 'away', 'in step'],
];

const ALIKE = { verification: { mismatches: [] } };

describe.each(POINTS)('a mover that is killed at %s', (point, leaving, returning) => {
  it('of a cutover goes on with the same command, and is compared', async () => {
    expect(await killedAt(moving, point, 'cutover')).toBe('SIGKILL');
    expect(await stage()).toBe(leaving);
    expect(await moving.verb('cutover')).toMatchObject({ stage: 'away', ...ALIKE });
    await nothingIsLost(moving.elsewhere);
  });

  it('of a rollback goes on with the same command, and is compared', async () => {
    expect(await killedAt(moving, point, 'rollback')).toBe('SIGKILL');
    expect(await stage()).toBe(returning);
    expect(await moving.verb('rollback')).toMatchObject({ stage: 'in step', ...ALIKE });
    await nothingIsLost(moving.project.adminUrl);
  });
});

describe('a cutover that was interrupted before anything was open', () => {
  it('is taken back by a rollback', async () => {
    expect(await killedAt(moving, 'move.fenced', 'cutover')).toBe('SIGKILL');
    expect(await moving.verb('rollback')).toMatchObject({ stage: 'in step' });
    await nothingIsLost(moving.project.adminUrl);
    expect(await moving.verb('cutover')).toMatchObject({ stage: 'away' });
  });

  it('is refused to a second mover while the first is at work', async () => {
    await moving.look(async (move) => {
      await move.home.rows(`select pg_advisory_lock(hashtextextended('move:${MODULE}', 0))`);
      await expect(moving.verb('rollback')).rejects.toThrow(
        `Another mover is at work on "${MODULE}".`,
      );
    });
    await moving.verb('rollback');
  });

  it('takes an abort too, and lets everybody write', async () => {
    expect(await killedAt(moving, 'move.drained', 'cutover')).toBe('SIGKILL');
    expect(await moving.verb('abort')).toMatchObject({ stage: 'none' });
    await nothingIsLost(moving.project.adminUrl);
  });

  it('is not announced any more once it is aborted', async () => {
    await moving.verbs(['prepare', 'copy']);
    expect(await killedAt(moving, 'move.armed', 'cutover')).toBe('SIGKILL');
    expect(await stage()).toBe('in step');
    const announced = 'select from platform.placement where next_epoch is not null';
    expect(await moving.sql(announced)).toHaveLength(1);
    for (const point of ['move.streams-dropped', 'move.copy-dropped']) {
      expect(await killedAt(moving, point, 'abort')).toBe('SIGKILL');
      await nothingIsLost(moving.project.adminUrl);
    }
    expect(await moving.verb('abort')).toMatchObject({ stage: 'none' });
    expect(await moving.sql(announced)).toEqual([]);
    const slots = 'select from pg_replication_slots';
    expect(await moving.sql(slots)).toEqual([]);
    expect(await moving.sql(slots, moving.elsewhere)).toEqual([]);
  });
});

describe('a copy through a mover that throttles it', () => {
  const way = async () =>
    (
      await moving.sql<{ url: string }>(
        'select subconninfo as url from pg_subscription',
        moving.elsewhere,
      )
    )[0]?.url;

  it('goes by the direct way in the end', async () => {
    await moving.verb('prepare');
    expect(await moving.verb('copy', undefined, { rate: 5 })).toMatchObject({ stage: 'in step' });
    expect(await way()).toBe(moving.project.adminUrl);
    await writing();
    expect(await moving.verb('verify')).toMatchObject(ALIKE);
    await moving.verb('abort');
  });

  it.each(['move.copying', 'move.copied'])(
    'goes on without the one that was killed at %s',
    async (point) => {
      await moving.verb('prepare');
      expect(await killedAt(moving, point, 'copy', 5)).toBe('SIGKILL');
      expect(await way()).toContain('hostaddr=127.0.0.1');
      expect(['copying', 'in step']).toContain(await stage());
      expect(await moving.verb('copy')).toMatchObject({ stage: 'in step' });
      expect(await way()).toBe(moving.project.adminUrl);
      expect(await moving.verb('verify')).toMatchObject(ALIKE);
      await moving.verb('abort');
    },
  );
});

describe('a finish that is killed', () => {
  it('goes on with the same command, at whichever point it was', async () => {
    await moving.verbs(['prepare', 'copy', 'cutover']);
    for (const point of ['move.streams-dropped', 'move.home-left']) {
      expect(await killedAt(moving, point, 'finish')).toBe('SIGKILL');
      expect(await stage()).toBe('finishing');
    }
    expect(await moving.verb('finish')).toMatchObject({
      stage: 'finished',
      left: { kept: [expect.stringMatching(/^thing_left_\d+$/)] },
    });
    await nothingIsLost(moving.elsewhere);
  });
});
