import { randomUUID } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { type HostedModule, HostedModules } from '../hosted-modules.js';
import { moduleOf } from './event.js';
import { FeedListener } from './feed-listener.js';
import { FeedReader } from './feed-reader.js';
import { LocalFeed } from './feed-source.js';
import { Hearing } from './hearing.js';
import { HearingError } from './hearing.error.js';
import { markedOf } from './hears.js';
import { type FeedLag, feedLag } from './lag.js';

/** Reads, for every hosted module, the feeds that it hears, for as long as the app runs. */
@Injectable()
export class FeedReaders implements OnApplicationBootstrap, OnModuleDestroy {
  private readers: FeedReader[] = [];
  private listeners: FeedListener[] = [];

  constructor(private readonly hosted: HostedModules) {}

  /** @throws {HearingError} when a feed that a module hears is not published here */
  onApplicationBootstrap(): void {
    const holder = randomUUID();
    const modules = this.hosted.inCallOrder();
    const pairs = modules.flatMap((module) =>
      feedsHeardBy(module).map((feed) => [module, publisherOf(feed, module, modules)] as const),
    );
    this.readers = pairs.map(([{ database, hears }, publisher]) => {
      const hearing = new Hearing(publisher.manifest.name, hears);
      return new FeedReader(database, new LocalFeed(publisher.database), hearing, holder);
    });
    this.listeners = byDatabase(new Set(pairs.map(([, { database }]) => database)));
    [...this.readers, ...this.listeners].forEach((each) => each.start());
  }

  /** Before the pools are closed, which is at the application's shutdown. */
  async onModuleDestroy(): Promise<void> {
    await Promise.all([...this.readers, ...this.listeners].map((each) => each.stop()));
  }

  /** How far each module is behind with each feed that it hears. */
  lag(): Promise<FeedLag[]> {
    return Promise.all(
      this.readers.map(({ database, source }) =>
        feedLag(
          database.module,
          source.module,
          (statement) => database.query(statement),
          (position) => source.behind(position),
        ),
      ),
    );
  }
}

const feedsHeardBy = ({ hears }: HostedModule): string[] => {
  const events = hears.flatMap((provider) => markedOf(provider).flatMap((marked) => marked.events));
  return [...new Set(events.map(moduleOf))];
};

function publisherOf(
  feed: string,
  { manifest }: HostedModule,
  modules: readonly HostedModule[],
): HostedModule {
  const publisher = modules.find((module) => module.publishes?.module === feed);
  if (publisher) return publisher;
  throw new HearingError([
    `The module "${manifest.name}" hears "${feed}", which publishes no feed.\n` +
      `Write in src/modules/${feed}/${feed}.module.ts: publishes: ${feed}Feed`,
  ]);
}

/** A listener for each database. */
function byDatabase(databases: Set<HostedModule['database']>): FeedListener[] {
  const groups = new Map<string, HostedModule['database'][]>();
  for (const database of databases) {
    groups.set(database.place, [...(groups.get(database.place) ?? []), database]);
  }
  return [...groups.values()].map((group) => new FeedListener(group));
}
