import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Type } from '@nestjs/common';
import { z } from 'zod';
import {
  defineEvent,
  defineFeed,
  type EventOf,
  type Feed,
  Hears,
  HearsBatch,
} from '#platform/events';
import { FeedReaders } from '#platform/events/feed-readers';
import { HearingError } from '#platform/events/hearing.error';
import { HostedModules } from '#platform/hosted-modules';
import { Placement } from '#platform/placement/placement';
import { describeStartFailure } from '#platform/start-failure';
import { rootFolder } from '../../../scripts/lib/project.js';
import { fixtureModule } from '../../support/fixture-project.js';
import { harbourFeed, ShipMoored, ShipSailed } from './harbour.js';

const data = z.strictObject({ id: z.string() });
const subject = ({ id }: { id: string }) => id;
const StormCame = defineEvent('weather.storm-came.v1', { subject, data });
const weatherFeed = defineFeed('weather', [StormCame]);
const ShipSank = defineEvent('harbour.ship-sank.v1', { subject, data });

class Captain {
  @Hears(ShipMoored)
  async note(): Promise<void> {}

  @HearsBatch(StormCame)
  async shelter(): Promise<void> {}
}
class Widow {
  @Hears(ShipSank)
  async mourn(): Promise<void> {}
}
class Passenger {}

function failure(hears: string[], classes: Type[], publishes?: Feed): string {
  try {
    fixtureModule({ name: 'fleet', hears }, { hears: classes, ...(publishes && { publishes }) });
  } catch (error) {
    expect(error).toBeInstanceOf(HearingError);
    return describeStartFailure(error);
  }
  return '';
}

describe('a module', () => {
  it('may hear what its manifest declares, and need not hear all of it', () => {
    expect(failure(['harbour', 'weather'], [Captain])).toBe('');
    expect(failure(['harbour', 'weather'], [])).toBe('');
  });

  it('is refused what its manifest does not declare, with the line to write there', () => {
    expect(failure(['harbour'], [Captain])).toBe(
      '"Captain.shelter" of the module "fleet" hears "weather.storm-came.v1", but ' +
        'src/modules/fleet/module.json does not declare that it hears "weather".\n' +
        'Should it know of that at all? Perhaps the code belongs on the other side.\n' +
        'If it should, write in src/modules/fleet/module.json:\n\n' +
        '  "hears": ["harbour","weather"]\n\n' +
        'See docs/resolving-violations.md#hear-an-event',
    );
  });

  it('is refused an event that no feed publishes', () => {
    expect(failure(['harbour'], [Widow])).toBe(
      '"Widow.mourn" of the module "fleet" hears "harbour.ship-sank.v1", which no feed publishes.\n' +
        "List it in defineFeed('harbour', […]) in src/modules/harbour/harbour.events.ts, or hear an event that is listed there.\n\n" +
        'See docs/resolving-violations.md#hear-an-event',
    );
  });

  it('is refused a class that hears nothing', () => {
    expect(failure([], [Passenger])).toContain(
      '"Passenger" of the module "fleet" is listed under hears, but hears nothing.\n' +
        'Mark the methods that hear an event with @Hears(…), or list it under providers.',
    );
  });

  it("is refused another module's feed", () => {
    expect(failure([], [], weatherFeed)).toContain(
      'The module "fleet" publishes the feed of "weather".\n' +
        "A feed is published by its own module: write defineFeed('fleet', […]) in src/modules/fleet/fleet.events.ts.",
    );
  });

  it('is told all of its faults at once', () => {
    const told = failure([], [Captain, Widow, Passenger]);
    for (const part of ['Captain.note', 'Captain.shelter', 'Widow.mourn', 'Passenger']) {
      expect(told).toContain(part);
    }
    expect(told).toContain('"hears": ["harbour","weather"]');
  });

  it('does not start when the module that it hears publishes no feed', () => {
    const hosted = new HostedModules();
    const host = (name: string, hears: object[]) =>
      hosted.add({
        manifest: { name, calls: [], hears: [] },
        database: undefined as never,
        seed: undefined,
        publishes: undefined,
        hears,
      });
    host('harbour', []);
    host('fleet', [new Widow()]);
    const all = { modules: ['harbour', 'fleet'], internal: undefined, urls: {} };
    const placement = new Placement(all, []);
    const readers = new FeedReaders(hosted, placement, undefined as never);
    expect(() => readers.onApplicationBootstrap()).toThrow(
      'The module "fleet" hears "harbour", which publishes no feed.\n' +
        'Write in src/modules/harbour/harbour.module.ts: publishes: harbourFeed',
    );
  });
});

describe('a feed', () => {
  it("is refused another module's event, and one that is listed twice", () => {
    expect(() => defineFeed('harbour', [StormCame])).toThrow(
      'The feed of "harbour" lists "weather.storm-came.v1", which is another module\'s.',
    );
    expect(() => defineFeed('weather', [StormCame, StormCame])).toThrow(
      'The feed of "weather" lists "weather.storm-came.v1" twice.',
    );
    expect(harbourFeed.events).toContain(ShipMoored);
  });
});

/** `npm run types` checks this; a directive that expects no error is an error. */
export class Typed {
  @Hears(ShipMoored, StormCame)
  async fits(event: EventOf<typeof ShipMoored> | EventOf<typeof StormCame>): Promise<void> {
    void event;
  }

  @HearsBatch(ShipMoored, ShipSailed)
  async fitsTogether(events: EventOf<typeof ShipMoored | typeof ShipSailed>[]): Promise<void> {
    void events;
  }

  // @ts-expect-error it is given storms too
  @Hears(ShipMoored, StormCame)
  async tooNarrow(event: EventOf<typeof ShipMoored>): Promise<void> {
    void event;
  }

  // @ts-expect-error it is given a list
  @HearsBatch(ShipMoored)
  async takesOne(event: EventOf<typeof ShipMoored>): Promise<void> {
    void event;
  }

  // @ts-expect-error it is given one
  @Hears(ShipMoored)
  async takesMany(events: EventOf<typeof ShipMoored>[]): Promise<void> {
    void events;
  }

  // @ts-expect-error what is not awaited is not part of the transaction
  @Hears(ShipMoored)
  forgets(event: EventOf<typeof ShipMoored>): void {
    void event;
  }

  // @ts-expect-error it would hear nothing
  @Hears()
  async nothing(): Promise<void> {}
}

describe('a named point', () => {
  it('gets its fault from tests alone', () => {
    const sources = readdirSync(join(rootFolder, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .filter((file) =>
        readFileSync(join(rootFolder, 'src', file), 'utf8').includes('installFault'),
      );
    expect(sources).toEqual(['platform/fault.ts']);
  });
});
