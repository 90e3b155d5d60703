import {
  type BeforeApplicationShutdown,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Placement } from './placement.js';
import { PlacementWatch } from './placement-watch.js';

/** One watch for each home database of the modules that this process hosts. */
@Injectable()
export class PlacementWatches implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly watches = new Map<string, PlacementWatch>();

  constructor(private readonly placement: Placement) {}

  /** @param home URL of the database of a module's configuration */
  at(home: string): PlacementWatch {
    const { host, pathname } = new URL(home);
    const watch = this.watches.get(host + pathname) ?? this.newWatch();
    this.watches.set(host + pathname, watch);
    return watch;
  }

  private newWatch(): PlacementWatch {
    return new PlacementWatch((places) => this.placement.note(places));
  }

  onApplicationBootstrap(): void {
    for (const watch of this.watches.values()) watch.start();
  }

  /** Before the pools are closed, through which it looks. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([...this.watches.values()].map((watch) => watch.stop()));
  }
}
