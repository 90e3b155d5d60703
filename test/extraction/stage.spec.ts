import { describe, expect, it } from '@jest/globals';
import { Move, type MoveRequest } from '../../scripts/lib/extraction/sides/move.js';
import type { Side } from '../../scripts/lib/extraction/sides/side.js';
import {
  NOTHING,
  type SideSight,
  type SubscriptionSight,
} from '../../scripts/lib/extraction/sides/sight.js';
import { freshEpoch, stageOf } from '../../scripts/lib/extraction/sides/stage.js';

const names = { home: 'out', away: 'back' };
const HERE = null;
const THERE = 'postgres://there/it';

/** A side of two tables, each with the epoch of its fence, and the epochs at which it was opened. */
const side = (epochs: (number | null)[], opened: number[], streams: Partial<SideSight> = {}) => ({
  ...NOTHING,
  schema: true,
  tables: epochs.map((epoch, index) => ({ name: `t${index}`, holdsRows: true, epoch })),
  opened,
  ...streams,
});

const into = (name: string, enabled: boolean, ...copying: string[]): Partial<SideSight> => {
  const subscription: SubscriptionSight = { oid: 1, enabled, detour: false, copying, errors: 0 };
  return { subscriptions: { [name]: subscription } };
};

const unfenced = side([null, null], []);
const home = { closed: side([2, 2], []), ajar: side([2, null], []), reopened: side([2, 2], [2]) };
const away = { closed: side([1, 1], []), open: side([1, 1], [1]), left: side([3, 3], [1]) };

describe('where a move stands', () => {
  it.each([
    ['none', unfenced, NOTHING, HERE],
    ['none', unfenced, side([null, null], []), HERE],
    ['none', unfenced, side([1, null], []), HERE],
    ['prepared', unfenced, away.closed, HERE],
    ['copying', unfenced, { ...away.closed, ...into('out', true, 't1') }, HERE],
    ['in step', unfenced, { ...away.closed, ...into('out', true) }, HERE],
    [
      'in step',
      { ...unfenced, ...into('back', false) },
      { ...away.closed, ...into('out', true) },
      HERE,
    ],
    ['leaving', home.ajar, away.closed, HERE],
    ['leaving', home.closed, away.closed, HERE],
    ['arriving', home.closed, away.open, HERE],
    [
      'arriving',
      { ...home.closed, ...into('back', false) },
      { ...away.open, ...into('out', true) },
      THERE,
    ],
    ['arriving', { ...home.closed, ...into('back', false) }, away.open, THERE],
    ['away', { ...home.closed, ...into('back', true) }, away.open, THERE],
    [
      'away',
      { ...home.closed, ...into('back', true) },
      { ...away.open, ...into('out', false) },
      THERE,
    ],
    ['returning', home.closed, side([3, 1], [1]), THERE],
    ['returning', home.closed, away.left, THERE],
    ['landing', home.reopened, away.left, THERE],
    ['landing', { ...home.reopened, ...into('back', true) }, away.left, HERE],
    ['landing', home.reopened, { ...away.left, ...into('out', false) }, HERE],
    ['in step', home.reopened, { ...away.left, ...into('out', true) }, HERE],
    ['finishing', home.closed, away.open, THERE],
    ['finishing', NOTHING, away.open, THERE],
    ['finished', NOTHING, unfenced, THERE],
  ] as const)(
    'is "%s" by the catalogs of both sides and the placement',
    (stage, here, there, database) => {
      const sight = { home: here, away: there, placement: { epoch: 1, database } };
      expect(stageOf(sight, names)).toBe(stage);
    },
  );

  it.each([
    ['both sides are open', home.reopened],
    ['both sides are open', unfenced],
    ['a part of home is open beside the other side', home.ajar],
  ])('is not guessed when %s', (why, here) => {
    const sight = { home: here, away: away.open, placement: { epoch: 1, database: THERE } };
    expect(() => stageOf(sight, names)).toThrow(`${why}, which the mover never brings about.`);
  });
});

describe('a look while another mover switches', () => {
  /** Answers the questions of one look after the other. */
  const answering = (...sights: SideSight[]) => {
    let seen = sights[0] as SideSight;
    return {
      row: () => {
        seen = sights.shift() ?? seen;
        return Promise.resolve({ sight: seen });
      },
      rows: (text: string) =>
        Promise.resolve(
          text.includes('placement') ? [] : text.includes('pg_class') ? [{}] : epochs(seen),
        ),
    } as unknown as Side;
  };
  const epochs = ({ opened }: SideSight) => opened.map((epoch) => ({ epoch: String(epoch) }));
  const request = { project: { name: 'shop' }, module: 'thing' } as MoveRequest;

  it('does not take one side before it and the other after it for both being open', async () => {
    const move = new Move(request, answering(unfenced, home.closed), THERE, answering(away.open));
    expect(await move.look()).toMatchObject({ stage: 'arriving' });
  });

  it('says so when both really are open', async () => {
    const move = new Move(request, answering(unfenced), THERE, answering(away.open));
    await expect(move.look()).rejects.toThrow('both sides are open');
  });
});

describe('a fresh epoch', () => {
  it('is later than every one that a fence, a side or the placement has', () => {
    const placement = { epoch: 1, database: null };
    expect(freshEpoch({ home: home.closed, away: away.closed, placement })).toBe(3);
    expect(freshEpoch({ home: unfenced, away: side([1], [7]), placement })).toBe(8);
    expect(
      freshEpoch({ home: unfenced, away: NOTHING, placement: { ...placement, epoch: 9 } }),
    ).toBe(10);
  });
});
