import { type Environment, urlVariable } from '#config';
import type { Behind } from '#platform/events/lag';
import { readProjectManifests } from '../../../scripts/lib/project.js';
import { type Send, sender } from '../sender.js';
import { type Fake, FakeModule } from './fake-module.js';
import { serveFakes } from './server.js';

/** The stand-ins for modules that are in other projects, and that some module here calls or hears. */
export class Fakes {
  private constructor(
    private readonly modules: ReadonlyMap<string, FakeModule>,
    private readonly url: string,
  ) {}

  static async start(): Promise<Fakes> {
    const names = neededFakes();
    const modules = new Map(
      await Promise.all(names.map(async (name) => [name, await makeFake(name)] as const)),
    );
    return new Fakes(modules, names.length > 0 ? await serveFakes(modules) : '');
  }

  /** Where an app finds them. */
  get environment(): Environment {
    return Object.fromEntries(
      [...this.modules.keys()].map((name) => [urlVariable(name), this.url]),
    );
  }

  has = (module: string): boolean => this.modules.has(module);

  /** @throws when nobody stands in for the module */
  of(module: string): FakeModule {
    const found = this.modules.get(module);
    if (!found) throw new Error(`nobody stands in for "${module}"`);
    return found;
  }

  behind = (module: string, position: number): Promise<Behind> =>
    this.of(module).feed.behind(position);

  /** Sends what is for a module that one of them stands in for to it, and all else as before. */
  sendFirst(send: Send): Send {
    const toFakes = sender(this.url);
    const paths = [...this.modules.values()].map(({ behaviour }) => behaviour.path);
    return (method, path, ...rest) => {
      const [, first] = /^\/(\w*)/.exec(path) ?? [];
      return (paths.includes(first) ? toFakes : send)(method, path, ...rest);
    };
  }
}

let started: Promise<Fakes> | undefined;

/** Those of the spec that runs; they are there from the first time that they are asked for. */
export const fakes = (): Promise<Fakes> => (started ??= Fakes.start());

function neededFakes(): string[] {
  const manifests = readProjectManifests();
  const needed = manifests
    .filter(({ remote }) => !remote)
    .flatMap(({ calls, hears }) => [...calls, ...hears]);
  return manifests
    .filter(({ name, remote }) => remote && needed.includes(name))
    .map(({ name }) => name);
}

/** Makes the fake of a module, whether or not the module is here. */
export async function makeFake(name: string): Promise<FakeModule> {
  const { fake } = (await import(`../../fakes/${name}.js`)) as { fake: Fake };
  return new FakeModule(name, fake);
}
