import { generateKeyPairSync } from 'node:crypto';
import { type Environment, privateKeyVariable, publicKeyVariable, urlVariable } from '#config';
import { Network } from './network.js';

/** Modules that share a process, and the network in front of it. */
export interface Household {
  readonly modules: readonly string[];
  readonly network: Network;
}

/** What several processes have to know of each other to be one program. */
export class Split {
  private readonly keys: ReadonlyMap<string, { d: string; x: string }>;

  private constructor(readonly households: readonly Household[]) {
    const modules = households.flatMap((household) => household.modules);
    this.keys = new Map(modules.map((module) => [module, keyPair()]));
  }

  static async among(groups: readonly (readonly string[])[]): Promise<Split> {
    const households = groups.map(async (modules) => ({
      modules,
      network: await Network.open(),
    }));
    return new Split(await Promise.all(households));
  }

  /** What the process of a household is told. Its database URLs are not among it. */
  environmentOf({ modules }: Household): Environment {
    const others = this.households.filter((household) => household.modules !== modules);
    const entries = others.flatMap(({ modules: names, network }) =>
      names.flatMap((name) => [
        [urlVariable(name), network.url],
        [publicKeyVariable(name), this.keys.get(name)?.x],
      ]),
    );
    const own = modules.map((name) => [privateKeyVariable(name), this.keys.get(name)?.d]);
    return {
      MODULES: modules.join(),
      INTERNAL_PORT: '0',
      ...Object.fromEntries([...entries, ...own]),
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.households.map(({ network }) => network.close()));
  }
}

function keyPair(): { d: string; x: string } {
  const { d, x } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return { d: d as string, x: x as string };
}
