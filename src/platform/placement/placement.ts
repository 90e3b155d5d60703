import type { PlacementConfig } from '#config';
import type { Manifest } from '../manifest.js';
import type { DataPlace } from './placement-table.js';

/** Who runs where, and who may reach whom. */
export class Placement {
  /** What the table of placements says, where it says something. */
  private readonly noted = new Map<string, string>();
  private readonly byName: ReadonlyMap<string, Manifest>;

  /** @param manifests of all modules, wherever they run */
  constructor(
    private readonly config: Pick<PlacementConfig, 'modules' | 'urls'>,
    readonly manifests: readonly Manifest[],
  ) {
    this.byName = new Map(manifests.map((manifest) => [manifest.name, manifest]));
  }

  /** Whether this process hosts the module. */
  hosts(module: string): boolean {
    return this.config.modules.includes(module);
  }

  /**
   * The internal URL of the process that hosts a module: the one in the table of placements, or else
   * that of the configuration; undefined when none is known.
   */
  urlOf(module: string): string | undefined {
    return this.noted.get(module) ?? this.config.urls[module];
  }

  /** Takes note of a look at the table of placements. */
  note(places: readonly DataPlace[]): void {
    for (const { module, url = null } of places) {
      if (url === null) this.noted.delete(module);
      else this.noted.set(module, url);
    }
  }

  mayCall(caller: string, callee: string): boolean {
    return this.byName.get(caller)?.calls.includes(callee) ?? false;
  }

  mayHear(hearer: string, feed: string): boolean {
    return this.byName.get(hearer)?.hears.includes(feed) ?? false;
  }
}
