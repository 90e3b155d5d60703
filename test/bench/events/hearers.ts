import { Injectable, type Type } from '@nestjs/common';
import { z } from 'zod';
import { sql } from '#platform/database';
import { defineEvent, defineFeed, type EventOf, Hears } from '#platform/events';
import { fixtureModule, type FixtureTransaction } from '../../support/fixture-project.js';

/** How many modules hear a feed. */
export const CROWDS = [1, 4, 7] as const;
export type Crowd = (typeof CROWDS)[number];

/** What each handler writes; made in the schema of every hearer. */
export const EFFECT = 'create table effect (source text not null, position bigint not null)';

const publisher = <Name extends string>(name: Name) => {
  const happened = defineEvent(`${name}.happened.v1`, {
    subject: ({ n }: { n: number }) => String(n % 100),
    data: z.strictObject({ n: z.int() }),
  });
  return { name, happened, feed: defineFeed(name, [happened]) };
};

/** A feed for each crowd, so that all can be measured in turns in one process. */
export const publishers = {
  1: publisher('one'),
  4: publisher('four'),
  7: publisher('seven'),
} as const;

export const hearers = Array.from({ length: 7 }, (_, index) => `hearer${index + 1}`);

const heardBy = (hearer: string) =>
  CROWDS.filter((crowd) => hearers.indexOf(hearer) < crowd).map((crowd) => publishers[crowd]);

/** A module whose handler takes events one by one, and writes one statement for each. */
function hearerModule(name: string): Type {
  const [first, ...others] = heardBy(name).map(({ happened }) => happened);
  if (!first) throw new Error(`${name} hears nothing`);

  @Injectable()
  class Notes {
    @Hears(first as NonNullable<typeof first>, ...others)
    async note({ source, position }: EventOf<NonNullable<typeof first>>, tx: FixtureTransaction) {
      await tx.$executeRaw(
        sql`insert into effect (source, position) values (${source}, ${position})`,
      );
    }
  }
  return fixtureModule(
    { name, hears: heardBy(name).map((heard) => heard.name) },
    { hears: [Notes] },
  );
}

export const modules: Type[] = [
  ...Object.values(publishers).map(({ name, feed }) =>
    fixtureModule({ name }, { publishes: feed }),
  ),
  ...hearers.map(hearerModule),
];
