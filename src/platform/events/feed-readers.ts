import { randomUUID } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { type HostedModule, HostedModules } from '../hosted-modules.js';
import { Placement } from '../placement/placement.js';
import { Wire } from '../wire/wire.js';
import { moduleOf } from './event.js';
import { FeedReader } from './feed-reader.js';
import type { FeedSource } from './feed-source.js';
import { Hearing } from './hearing.js';
import { HearingError } from './hearing.error.js';
import { markedOf } from './hears.js';
import type { FeedLag } from './lag.js';
import { RemoteFeed } from './remote-feed.js';

/** Reads, for every hosted module, the feeds that it hears, for as long as the app runs. */
@Injectable()
export class FeedReaders implements OnApplicationBootstrap, OnModuleDestroy {
  private readers: FeedReader[] = [];

  constructor(
    private readonly hosted: HostedModules,
    private readonly placement: Placement,
    private readonly wire: Wire,
  ) {}

  /** @throws {HearingError} when a feed that a module hears should be published here, and is not */
  onApplicationBootstrap(): void {
    const holder = randomUUID();
    this.readers = this.hosted.inCallOrder().flatMap((module) =>
      feedsHeardBy(module).map((feed) => {
        const source = this.sourceOf(feed, module.manifest.name);
        return new FeedReader(module.database, source, new Hearing(feed, module.hears), holder);
      }),
    );
    this.readers.forEach((reader) => reader.start());
  }

  /** Before the pools are closed, which is at the application's shutdown. */
  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.readers.map((reader) => reader.stop()));
  }

  /** How far each module is behind with each feed that it hears, as far as that can be found out. */
  async lag(): Promise<FeedLag[]> {
    const lags = await Promise.allSettled(this.readers.map((reader) => reader.lag()));
    return lags.flatMap((lag) => (lag.status === 'fulfilled' ? [lag.value] : []));
  }

  private sourceOf(feed: string, hearer: string): FeedSource {
    if (!this.placement.hosts(feed)) return new RemoteFeed(feed, hearer, this.wire);
    const source = this.hosted.feedOf(feed);
    if (source) return source;
    throw new HearingError([
      `The module "${hearer}" hears "${feed}", which publishes no feed.\n` +
        `Write in src/modules/${feed}/${feed}.module.ts: publishes: ${feed}Feed`,
    ]);
  }
}

const feedsHeardBy = ({ hears }: HostedModule): string[] => {
  const events = hears.flatMap((provider) => markedOf(provider).flatMap((marked) => marked.events));
  return [...new Set(events.map(moduleOf))];
};
