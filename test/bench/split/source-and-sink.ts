import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { type AppConfig, type Environment, parseAppConfig } from '#config';
import { sql } from '#platform/database';
import { manifestOf } from '#platform/define-module';
import { defineEvent, defineFeed, type EventOf, Hears } from '#platform/events';
import type { Manifest } from '#platform/manifest';
import { fixtureModule, type FixtureTransaction } from '../../support/fixture-project.js';

export const Happened = defineEvent('source.happened.v1', {
  subject: ({ n }) => String(n % 100),
  data: z.strictObject({ n: z.int() }),
});

export const SourceModule = fixtureModule(
  { name: 'source' },
  { publishes: defineFeed('source', [Happened]) },
);

/** What the handler writes; made in the schema of the hearer. */
export const EFFECT = 'create table effect (position bigint not null)';

@Injectable()
class Notes {
  @Hears(Happened)
  async note({ position }: EventOf<typeof Happened>, tx: FixtureTransaction): Promise<void> {
    await tx.$executeRaw(sql`insert into effect (position) values (${position})`);
  }
}

export const SinkModule = fixtureModule({ name: 'sink', hears: ['source'] }, { hears: [Notes] });

/** The configuration of a process that hosts one of the two, of what it is told. */
export function configured(environment: Environment): { config: AppConfig; manifests: Manifest[] } {
  const manifests = [SourceModule, SinkModule].map(manifestOf);
  return { config: parseAppConfig(manifests, environment), manifests };
}
