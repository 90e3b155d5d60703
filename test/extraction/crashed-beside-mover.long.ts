import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { installFault } from '#platform/fault';
import type { Verb } from '../../scripts/lib/extraction/sides/journal.js';
import type { Stage } from '../../scripts/lib/extraction/sides/stage.js';
import { waitFor } from '../support/wait-for.js';
import { CRASHING, MODULE, MovingModule, ROWS } from './moving-module.js';
import { Writers } from './writers.js';

type Crash = readonly [verb: Verb, point: string, ends: Stage];

const SWITCHES = ['move.armed', 'move.fenced', 'move.opened', 'move.flipped'].flatMap(
  (point): Crash[] => [
    ['cutover', point, 'away'],
    ['rollback', point, 'in step'],
  ],
);

/** In the order of a move, so that each begins where the one before has ended. */
const CRASHES: readonly Crash[] = [
  ['prepare', 'move.prepared', 'prepared'],
  ['copy', 'move.copying', 'in step'],
  ['verify', 'move.comparing', 'in step'],
  ...SWITCHES,
  ['abort', 'move.streams-dropped', 'none'],
];

describe.each(['home', 'away'] as const)('a crash of the server at %s beside a mover', (side) => {
  let moving: MovingModule;
  let writers: Writers;
  beforeAll(async () => {
    moving = await MovingModule.open(CRASHING);
    await moving.sql(ROWS);
    writers = new Writers(moving);
  });
  afterEach(() => installFault(undefined));
  afterAll(async () => {
    await writers.stop();
    await moving.close();
  });

  /** Crashes the server once, at a point of a verb; the mover is told nothing, and ends by itself. */
  async function crashIn(verb: Verb, at: string): Promise<void> {
    const url = side === 'home' ? moving.project.adminUrl : moving.elsewhere;
    let crashes = 0;
    installFault((point) => {
      if (point !== at || crashes > 0) return undefined;
      crashes += 1;
      return moving.crash(url);
    });
    await moving.verb(verb).catch(() => undefined);
    expect(crashes).toBe(1);
  }

  async function nothingIsLost(place: string): Promise<void> {
    const goal = writers.acknowledged.length + 30;
    await waitFor(() => writers.acknowledged.length >= goal);
    await writers.stop();
    expect(await writers.faults(place)).toEqual([]);
    await moving.sql(`truncate ${MODULE}.entry; update ${MODULE}.counter set value = 0`, place);
    writers = new Writers(moving);
  }

  it.each(CRASHES)('in %s at %s is got over by the same command', async (verb, point, ends) => {
    await crashIn(verb, point);
    const done = await waitFor(() => moving.verb(verb));
    expect(done).toMatchObject({ stage: ends });
    expect(done.verification?.mismatches ?? []).toEqual([]);
    await nothingIsLost(ends === 'away' ? moving.elsewhere : moving.project.adminUrl);
  });

  it('in finish is got over by the same command', async () => {
    await moving.verbs(['prepare', 'copy', 'cutover']);
    await crashIn('finish', 'move.streams-dropped');
    expect(await waitFor(() => moving.verb('finish'))).toMatchObject({ stage: 'finished' });
    await nothingIsLost(moving.elsewhere);
  });
});
