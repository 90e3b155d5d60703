import { Injectable } from '@nestjs/common';
import type { ModuleDatabase, PrismaLike } from './database/module-database.js';
import type { Feed } from './events/event.js';
import { type FeedSource, LocalFeed } from './events/feed-source.js';
import type { Manifest } from './manifest.js';

/** Fills a module's tables with the example data of a new clone; running it again changes nothing. */
export interface Seed {
  seed(): Promise<void>;
}

/** One module that this process hosts. */
export interface HostedModule {
  readonly manifest: Manifest;
  readonly database: ModuleDatabase<PrismaLike>;
  readonly seed: Seed | undefined;
  readonly publishes: Feed | undefined;
  /** The providers whose methods hear events. */
  readonly hears: readonly object[];
}

/** The modules that this process hosts; each adds itself while Nest wires it. */
@Injectable()
export class HostedModules {
  private readonly modules: HostedModule[] = [];

  add(module: HostedModule): HostedModule {
    this.modules.push(module);
    return module;
  }

  /** The feed of a hosted module, if it publishes one. */
  feedOf(module: string): FeedSource | undefined {
    const publisher = this.modules.find(({ publishes }) => publishes?.module === module);
    return publisher && new LocalFeed(publisher.database);
  }

  /** The hosted modules, every one after those it calls. */
  inCallOrder(): HostedModule[] {
    const ordered: HostedModule[] = [];
    const visit = (module: HostedModule): void => {
      if (ordered.includes(module)) return;
      for (const name of module.manifest.calls) {
        const called = this.modules.find(({ manifest }) => manifest.name === name);
        if (called) visit(called);
      }
      ordered.push(module);
    };
    this.modules.forEach(visit);
    return ordered;
  }
}
