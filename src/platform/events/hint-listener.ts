import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Listening, ModuleDatabase, PrismaLike } from '../database/module-database.js';
import { groupBy } from '../group-by.js';
import { HostedModules } from '../hosted-modules.js';
import { PLACEMENT_CHANNEL } from '../placement/placement-table.js';
import { WorkLoop } from '../work-loop.js';
import { CHANNEL } from './feed-signal.js';

/** Milliseconds between tries to listen again, and looks for places where nobody does. */
const PAUSES = { least: 100, most: 1_000 };

/**
 * Passes on what others say: that a feed has grown, that a module's rows are elsewhere. One
 * connection per process and database, taken from the pool of one of the modules that are there. Of a
 * pool of one, none is taken.
 */
@Injectable()
export class HintListener implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly loop = new WorkLoop('hints', () => this.listen(), PAUSES);
  /** By place. */
  private readonly listening = new Map<string, Listening>();

  constructor(private readonly hosted: HostedModules) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.loop.stop();
    for (const listening of this.listening.values()) listening.end();
    this.listening.clear();
  }

  private async listen(): Promise<boolean> {
    const databases = this.hosted.inCallOrder().map(({ database }) => database);
    const places = groupBy(databases, ({ place }) => place);
    // To the end of each, so that no other turn listens to the same.
    const turns = await Promise.allSettled(
      [...places].map(async ([place, there]) => {
        const through = there.find(({ most }) => most > 1);
        if (!through || this.listening.has(place)) return;
        this.keep(place, await through.listen([PLACEMENT_CHANNEL, CHANNEL], hear(databases)));
      }),
    );
    const failed = turns.find((turn) => turn.status === 'rejected');
    if (failed) throw failed.reason;
    return false;
  }

  private keep(place: string, listening: Listening): void {
    this.listening.set(place, listening);
    void listening.lost.then(() => {
      if (this.listening.delete(place)) listening.end();
      this.loop.wake();
    });
  }
}

const hear =
  (databases: readonly ModuleDatabase<PrismaLike>[]) => (channel: string, payload: string) => {
    for (const { feed, watch } of databases) {
      if (channel === CHANNEL) feed.received(payload);
      else watch.hint();
    }
  };
