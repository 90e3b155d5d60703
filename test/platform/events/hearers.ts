import { Injectable } from '@nestjs/common';
import { Hears, HearsBatch } from '#platform/events';
import { fixtureModule, type FixtureTransaction } from '../../support/fixture-project.js';
import { type Moored, type Sailed, ShipMoored, ShipSailed, write } from './harbour.js';

/** What the test wants a handler to do first; it may throw. */
export type Before = (event: Moored | Sailed, tx: FixtureTransaction) => Promise<void> | void;

/** Set by the test, for the handlers of its process. */
export const before: { keeper: Before; second: Before; lister: Before } = {
  keeper: () => undefined,
  second: () => undefined,
  lister: () => undefined,
};

/** Lists that came to the batch handler. */
export const lists: number[][] = [];

@Injectable()
class Keeper {
  @Hears(ShipMoored, ShipSailed)
  async keep(event: Moored | Sailed, tx: FixtureTransaction): Promise<void> {
    await before.keeper(event, tx);
    await write(tx, 'keeper', event);
  }

  @Hears(ShipMoored)
  async second(event: Moored, tx: FixtureTransaction): Promise<void> {
    await before.second(event, tx);
    await write(tx, 'second', event);
  }
}

@Injectable()
class Lister {
  @HearsBatch(ShipMoored, ShipSailed)
  async list(events: (Moored | Sailed)[], tx: FixtureTransaction): Promise<void> {
    for (const event of events) await before.lister(event, tx);
    lists.push(events.map(({ data }) => data.n));
    await write(tx, 'lister', ...events);
  }
}

/** Hears one event at a time. */
export const FleetModule = fixtureModule(
  { name: 'fleet', hears: ['harbour'] },
  { hears: [Keeper] },
);

/** Hears lists. */
export const PilotModule = fixtureModule(
  { name: 'pilot', hears: ['harbour'] },
  { hears: [Lister] },
);
