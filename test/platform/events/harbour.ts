import { z } from 'zod';
import { sql } from '#platform/database';
import { defineEvent, defineFeed, type EventOf } from '#platform/events';
import { fixtureModule, type FixtureTransaction } from '../../support/fixture-project.js';

const data = z.strictObject({ ship: z.string(), n: z.int() });
const subject = ({ ship }: { ship: string }) => ship;

export const ShipMoored = defineEvent('harbour.ship-moored.v1', { subject, data });
export const ShipSailed = defineEvent('harbour.ship-sailed.v1', { subject, data });
/** Nobody hears it. */
export const LampLit = defineEvent('harbour.lamp-lit.v1', {
  subject: () => 'lamp',
  data: z.strictObject({}),
});

export const harbourFeed = defineFeed('harbour', [ShipMoored, ShipSailed, LampLit]);

export type Moored = EventOf<typeof ShipMoored>;
export type Sailed = EventOf<typeof ShipSailed>;

/** Publishes, and hears nobody. */
export const HarbourModule = fixtureModule({ name: 'harbour' }, { publishes: harbourFeed });

/** What a hearer writes of what it hears; made in the hearer's schema. */
export const LOG = `
  create table log (
    id int generated always as identity,
    position bigint not null, type text not null, subject text not null, n int not null,
    by text not null, at timestamptz not null default clock_timestamp()
  )`;

/** Writes an event down, in the hearer's transaction. */
export async function write(
  tx: FixtureTransaction,
  by: string,
  ...events: readonly (Moored | Sailed)[]
): Promise<void> {
  const rows = JSON.stringify(
    events.map(({ position, type, subject, data: { n } }) => ({ position, type, subject, n, by })),
  );
  await tx.$executeRaw(sql`
    insert into log (position, type, subject, n, by)
    select position, type, subject, n, by from jsonb_to_recordset(${rows}::jsonb)
      as row (position bigint, type text, subject text, n int, by text)`);
}
