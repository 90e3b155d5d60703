import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Verb } from '../../scripts/lib/extraction/sides/journal.js';
import { waitFor } from '../support/wait-for.js';
import { killedAt } from './killed-at.js';
import { CRASHING, MODULE, MovingModule, ROWS } from './moving-module.js';
import { Writers } from './writers.js';

let moving: MovingModule;
let writers: Writers;
beforeAll(async () => {
  moving = await MovingModule.open(CRASHING);
  await moving.sql(ROWS);
  writers = new Writers(moving);
  await moving.verb('prepare');
});
afterAll(async () => {
  await writers.stop();
  await moving.close();
});

const crash = {
  home: () => moving.crash(moving.project.adminUrl),
  away: () => moving.crash(moving.elsewhere),
};

/** A command that a crash has cut short is given again. */
const again = (verb: Verb) => waitFor(() => moving.verb(verb));

async function nothingIsLost(place: string): Promise<void> {
  const goal = writers.acknowledged.length + 30;
  await waitFor(() => writers.acknowledged.length >= goal);
  await writers.stop();
  expect(await writers.faults(place)).toEqual([]);
  await moving.sql(`truncate ${MODULE}.entry; update ${MODULE}.counter set value = 0`, place);
  writers = new Writers(moving);
}

describe.each(['home', 'away'] as const)('a crash of the server at %s', (side) => {
  it('while rows are copied keeps nothing from arriving', async () => {
    expect(await killedAt(moving, 'move.copying', 'copy')).toBe('SIGKILL');
    await crash[side]();
    expect(await again('copy')).toMatchObject({ stage: 'in step' });
    expect(await again('verify')).toMatchObject({ verification: { mismatches: [] } });
  });

  it.each(['move.fenced', 'move.drained', 'move.opened', 'move.flipped'])(
    'and of the mover at %s loses and doubles nothing, there and back',
    async (point) => {
      expect(await killedAt(moving, point, 'cutover')).toBe('SIGKILL');
      await crash[side]();
      expect(await again('cutover')).toMatchObject({ stage: 'away' });
      await nothingIsLost(moving.elsewhere);
      await crash[side]();
      expect(await killedAt(moving, point, 'rollback')).toBe('SIGKILL');
      await crash[side]();
      expect(await again('rollback')).toMatchObject({ stage: 'in step' });
      await nothingIsLost(moving.project.adminUrl);
    },
  );

  it('leaves a move that can be aborted', async () => {
    await crash[side]();
    expect(await again('abort')).toMatchObject({ stage: 'none' });
    await nothingIsLost(moving.project.adminUrl);
    await moving.verb('prepare');
  });
});
