import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { DataPlace } from '#platform/placement/placement-table';
import { type Placed, PlacementWatch } from '#platform/placement/placement-watch';

/** A module whose home answers what the test says. */
class Member implements Placed {
  isAtHome = true;
  waitingCount = 0;
  asked = 0;
  readonly placed: DataPlace[] = [];
  answer: () => Promise<{ rows: DataPlace[] }> = () => Promise.resolve({ rows: [] });

  constructor(readonly module: string) {}

  askHome() {
    this.asked += 1;
    return this.answer();
  }

  place(place: DataPlace) {
    this.placed.push(place);
  }
}

const ELSEWHERE = { module: 'harbour', epoch: 1, database: 'postgres://else/where' };

let now: number;
let watch: PlacementWatch;
let harbour: Member;
let fleet: Member;

beforeEach(() => {
  now = 1_000_000;
  jest.spyOn(Date, 'now').mockImplementation(() => now);
  watch = new PlacementWatch();
  [harbour, fleet] = [new Member('harbour'), new Member('fleet')];
  for (const member of [harbour, fleet]) watch.join(member);
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe('where the rows are', () => {
  it('is asked before the first work, once for all that want to know, and each is told its own', async () => {
    harbour.answer = () => Promise.resolve({ rows: [ELSEWHERE] });
    await Promise.all([watch.known(), watch.known()]);
    expect([harbour.asked, fleet.asked]).toEqual([1, 0]);
    expect([harbour.placed, fleet.placed]).toEqual([[ELSEWHERE], []]);
  });

  it('is not asked again by a process that is alive', async () => {
    await watch.known();
    for (let seconds = 0; seconds < 10; seconds += 1) {
      now += 1_000;
      expect(watch.known()).toBeUndefined();
    }
  });

  it('is asked again before any work of a process that was stopped', async () => {
    await watch.known();
    harbour.answer = () => Promise.resolve({ rows: [ELSEWHERE] });
    now += 60_000;
    await watch.known();
    expect(harbour.placed).toEqual([ELSEWHERE]);
  });

  it('is not known while the first look fails: work fails, and the next tries again', async () => {
    for (const member of [harbour, fleet]) {
      member.answer = () => Promise.reject(new Error('away'));
    }
    await expect(watch.known()).rejects.toThrow('away');
    await expect(watch.known()).rejects.toThrow('away');
    fleet.answer = () => Promise.resolve({ rows: [] });
    await watch.known();
    expect(watch.known()).toBeUndefined();
  });

  it('counts as unchanged when a later look fails, or does not answer', async () => {
    await watch.known();
    for (const member of [harbour, fleet]) {
      member.answer = () => Promise.reject(new Error('away'));
    }
    now += 60_000;
    await watch.known();
    for (const member of [harbour, fleet]) member.answer = () => new Promise(() => undefined);
    now += 60_000;
    await watch.known();
    expect(watch.known()).toBeUndefined();
  });

  it('is home where there is no table of placements', async () => {
    harbour.answer = () => Promise.reject(Object.assign(new Error(), { code: '42P01' }));
    await watch.known();
    expect(harbour.placed).toEqual([]);
  });

  it('is asked through the least busy of those who are at home', async () => {
    harbour.waitingCount = 5;
    await watch.known();
    expect([harbour.asked, fleet.asked]).toEqual([0, 1]);
    fleet.isAtHome = false;
    now += 60_000;
    await watch.known();
    expect([harbour.asked, fleet.asked]).toEqual([1, 1]);
  });
});

describe('a home that some of the modules cannot ask', () => {
  it('is asked through another one, and by that one from then on', async () => {
    harbour.answer = () => Promise.reject(new Error('no longer permitted to connect'));
    fleet.answer = () => Promise.resolve({ rows: [ELSEWHERE] });
    await watch.known();
    now += 60_000;
    await watch.known();
    expect([harbour.asked, fleet.asked]).toEqual([1, 2]);
    expect(harbour.placed).toEqual([ELSEWHERE, ELSEWHERE]);
  });
});

describe('who waits at a fence', () => {
  it('shares each look with all others who do, and goes on when the place has changed', async () => {
    await watch.known();
    harbour.asked = 0;
    const changed = () => harbour.asked === 3;
    await Promise.all([watch.change(changed), watch.change(changed), watch.change(changed)]);
    expect(harbour.asked).toBe(3);
  });

  it('tries again a while later though it has not', async () => {
    await watch.known();
    harbour.answer = () => {
      now += 100;
      return Promise.resolve({ rows: [] });
    };
    await watch.change(() => false);
    expect(harbour.asked).toBe(4);
  });
});
