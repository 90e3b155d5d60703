import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { FeedReader } from '#platform/events/feed-reader';
import { FeedReaders } from '#platform/events/feed-readers';
import type { FeedSource } from '#platform/events/feed-source';
import { Hearing } from '#platform/events/hearing';
import { FAULTS } from '../../support/network.js';
import { waitFor } from '../../support/wait-for.js';
import { FleetModule, PilotModule } from './hearers.js';
import { type Altered, Meddler } from './meddler.js';
import { RemoteStage } from './remote-stage.js';

const stage = new RemoteStage();
let meddler: Meddler | undefined;

afterEach(async () => {
  stage.processes.networkOf('harbour').meetNext();
  await stage.stopAll();
  await meddler?.close();
  meddler = undefined;
  jest.restoreAllMocks();
});

const range = (to: number) => Array.from({ length: to }, (_, index) => index + 1);

/** What is logged of one reader from now on. */
function warningsOf(name: string): string[] {
  const texts: string[] = [];
  jest.spyOn(Logger.prototype, 'warn').mockImplementation(function (this: Logger, text: string) {
    if ((this as unknown as { context: string }).context === name) texts.push(text);
  } as never);
  return texts;
}

describe('a hearer in another process, on another database', () => {
  it('hears every event once and in order, one by one or in lists', async () => {
    const publisher = await stage.publisher();
    await stage.hearer(FleetModule, PilotModule);
    for (let n = 1; n <= 40; n += 1) {
      await stage.moor(publisher, `ship ${n % 5}`, ...range(30).map((each) => (n - 1) * 30 + each));
    }
    await stage.caughtUp('fleet');
    await stage.caughtUp('pilot');
    expect(await stage.log('fleet', 'keeper')).toEqual(range(1200));
    expect(await stage.log('pilot', 'lister')).toEqual(range(1200));
  });

  it('catches up with what was published while it was away', async () => {
    const publisher = await stage.publisher();
    const hearer = await stage.hearer(FleetModule);
    await stage.moor(publisher, 'Fram', 1);
    await stage.caughtUp('fleet');
    await stage.stop(hearer);
    await stage.moor(publisher, 'Fram', ...range(1300).slice(1));
    await stage.hearer(FleetModule);
    await stage.caughtUp('fleet');
    expect(await stage.log('fleet', 'keeper')).toEqual(range(1300));
  });

  it('goes on where it was when a publisher that was away is back, and says once that it was', async () => {
    const publisher = await stage.publisher();
    const hearer = await stage.hearer(FleetModule);
    await stage.moor(publisher, 'Fram', 1);
    await stage.caughtUp('fleet');
    const warnings = warningsOf('fleet hears harbour');
    await stage.stop(publisher);
    await stage.sql(
      'harbour',
      'insert into feed (id, type, subject, data) values (gen_random_uuid(), \'harbour.ship-moored.v1\', \'Fram\', \'{"ship":"Fram","n":2}\')',
    );
    const lags = () => hearer.nest.get(FeedReaders).lag();
    expect(await lags()).toEqual([]);
    await waitFor(() => warnings.length > 0);
    await stage.publisher();
    await stage.caughtUp('fleet');
    expect(await stage.log('fleet', 'keeper')).toEqual([1, 2]);
    expect(warnings).toEqual(['A module that this request needs cannot answer at present.']);
  });

  it('hears nothing twice, though the cursor is taken from it again and again', async () => {
    const publisher = await stage.publisher();
    await stage.hearer(FleetModule);
    await stage.hearer(FleetModule);
    for (let n = 1; n <= 30; n += 1) {
      await stage.moor(publisher, `ship ${n % 5}`, ...range(20).map((each) => (n - 1) * 20 + each));
      await stage.sql('fleet', 'update cursor set holder = null');
    }
    await stage.caughtUp('fleet');
    expect(await stage.log('fleet', 'keeper')).toEqual(range(600));
  });

  it('lets another go on when it is told to end', async () => {
    const publisher = await stage.publisher();
    const one = await stage.hearer(FleetModule);
    await stage.moor(publisher, 'Fram', 1);
    await stage.caughtUp('fleet');
    await stage.hearer(FleetModule);
    await stage.stop(one);
    await stage.moor(publisher, 'Fram', 2);
    await stage.caughtUp('fleet');
    expect(await stage.log('fleet', 'keeper')).toEqual([1, 2]);
  });

  it('ends at once, whatever it waits for, and lets go of its cursor', async () => {
    const warnings = warningsOf('harbour hears harbour');
    // Whose cursor nobody else wants.
    const app = await stage.publisher();
    let asked = 0;
    const endless: FeedSource = {
      module: 'harbour',
      waits: true,
      read: (_after, _most, signal) => {
        asked += 1;
        return new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(new Error('cut short')));
        });
      },
      onHint: () => () => undefined,
      behind: () => Promise.reject(new Error('never asked')),
    };
    const database = app.database('harbour');
    const reader = new FeedReader(database, endless, new Hearing('harbour', []), randomUUID());
    reader.start();
    await waitFor(() => asked > 0);
    await reader.stop();
    expect(await stage.sql('harbour', 'select holder from cursor')).toEqual([{ holder: null }]);
    expect(warnings).toEqual([]);
  });

  it('is seen by its lag', async () => {
    const publisher = await stage.publisher();
    const hearer = await stage.hearer(PilotModule);
    await stage.moor(publisher, 'Fram', 1);
    await stage.caughtUp('pilot');
    const lag = async () => (await hearer.nest.get(FeedReaders).lag())[0];
    expect(await lag()).toEqual({
      module: 'pilot',
      feed: 'harbour',
      events: 0,
      seconds: 0,
      parked: 0,
    });
    await stage.sql(
      'pilot',
      "update cursor set holder = gen_random_uuid(), held_until = 'infinity'",
    );
    await stage.moor(publisher, 'Fram', 2, 3);
    expect(await lag()).toMatchObject({ events: 2, parked: 0 });
  });
});

describe('an unkind network', () => {
  it.each(FAULTS)('costs no event and doubles none when what is sent is %s', async (fault) => {
    const network = stage.processes.networkOf('harbour');
    let requests = 0;
    network.fate = () => ((requests += 1) % 2 === 0 ? fault : undefined);
    const publisher = await stage.publisher();
    await stage.hearer(FleetModule);
    for (let n = 1; n <= 3; n += 1) {
      await stage.moor(publisher, `ship ${n}`, ...range(20).map((each) => (n - 1) * 20 + each));
      await stage.caughtUp('fleet');
    }
    expect(await stage.log('fleet', 'keeper')).toEqual(range(60));
    expect(network.met.get(fault)).toBeGreaterThan(0);
  });
});

type Events = Parameters<Parameters<typeof Meddler.between>[1]>[0];

const altered =
  (change: (events: Events) => unknown) =>
  (events: Events): Altered => ({
    text: JSON.stringify(change(events)),
  });
const first = (change: object) =>
  altered(([event, ...others]) => [{ ...event, ...change }, ...others]);
const NOT_IT = 'the feed of "harbour" was answered with what it is not';

describe('an answer that is not what was asked for', () => {
  const cutOff = (events: Events): Altered => {
    const text = JSON.stringify(events);
    return { text: text.slice(0, text.length / 2), length: text.length };
  };

  it.each<[string, (events: Events) => Altered, string]>([
    ['is cut off', cutOff, 'A module that this request needs cannot answer at present.'],
    ['is no JSON', () => ({ text: '<html>' }), 'Unexpected token'],
    ['is no list', altered((events) => ({ events })), NOT_IT],
    ['has an event of another module', first({ source: '/yard' }), NOT_IT],
    ['has an event without data', first({ data: undefined }), NOT_IT],
    ['has a time that is none', first({ time: 'noon' }), NOT_IT],
    ['is not in order', altered((events) => [...events].reverse()), NOT_IT],
    ['repeats an event', altered(([event, ...others]) => [event, event, ...others]), NOT_IT],
    ['begins before the place that was asked for', first({ position: 0 }), NOT_IT],
  ])('which %s has no effect, and is asked for again', async (_what, alter, warning) => {
    const warnings = warningsOf('fleet hears harbour');
    const publisher = await stage.publisher();
    await stage.moor(publisher, 'Fram', ...range(20));
    meddler = await Meddler.between(publisher.internalUrl, (events, count) =>
      count < 3 ? alter(events) : undefined,
    );
    stage.processes.networkOf('harbour').pointAt(meddler.port);
    await stage.hearer(FleetModule);
    await stage.caughtUp('fleet');
    expect(meddler.count).toBe(3);
    expect(await stage.log('fleet', 'keeper')).toEqual(range(20));
    expect(await stage.parked('fleet')).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining(warning)]);
  });

  it('which is too much for the line is asked for in smaller parts', async () => {
    const sizes: number[] = [];
    const publisher = await stage.publisher();
    await stage.moor(publisher, 'Fram', ...range(300));
    meddler = await Meddler.between(publisher.internalUrl, (events) => {
      sizes.push(events.length);
      return events.length > 50 ? cutOff(events) : undefined;
    });
    stage.processes.networkOf('harbour').pointAt(meddler.port);
    await stage.hearer(FleetModule);
    await stage.caughtUp('fleet');
    expect(await stage.log('fleet', 'keeper')).toEqual(range(300));
    expect(Math.max(...sizes)).toBe(300);
  });
});
