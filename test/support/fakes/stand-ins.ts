import { type Environment, urlVariable } from '#config';
import { ContractRegistry } from '#platform/contracts/contract-registry';
import type { Behind } from '#platform/events/lag';
import { readProjectManifests } from '../../../scripts/lib/project.js';
import { type Send, sender } from '../sender.js';
import { FAKES } from '../../fakes/index.js';
import { FakeModule } from './fake-module.js';
import { serveFakes } from './server.js';

/** The stand-ins for modules that are in other projects, and that some module here calls or hears. */
export class StandIns {
  private readonly modules = new Map<string, FakeModule>();
  private readonly registry = new ContractRegistry();
  /** The contracts that the app under test answers. */
  private app: ContractRegistry | undefined;
  private url = '';

  static async start(): Promise<StandIns> {
    const all = new StandIns();
    const { modules, registry } = all;
    for (const name of neededFakes()) modules.set(name, await makeFake(name, all.ask(name)));
    for (const fake of modules.values()) host(fake, registry);
    if (modules.size > 0) all.url = await serveFakes(modules, registry);
    return all;
  }

  /** Lets fakes call what runs in an app. */
  callThrough(app: ContractRegistry): void {
    this.app = app;
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

  private ask =
    (caller: string): Ask =>
    (contract) =>
      (this.has(contract.module) ? this.registry : (this.app ?? this.registry)).client(
        contract,
        caller,
      );

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

type Ask = FakeModule['ask'];

let started: Promise<StandIns> | undefined;

/** Those of the spec that runs; they are there from the first time that they are asked for. */
export const standIns = (): Promise<StandIns> => (started ??= StandIns.start());

function neededFakes(): string[] {
  const manifests = readProjectManifests();
  const needed = manifests
    .filter(({ remote }) => !remote)
    .flatMap(({ calls, hears }) => [...calls, ...hears]);
  return manifests
    .filter(({ name, remote }) => remote && needed.includes(name))
    .map(({ name }) => name);
}

/**
 * Makes the fake of a module, whether or not the module is here.
 *
 * @throws when there is none
 */
export async function makeFake(name: string, ask: Ask): Promise<FakeModule> {
  const loaded = await FAKES[name]?.();
  if (!loaded)
    throw new Error(`"${name}" is elsewhere, and has no fake: write test/fakes/${name}.ts.`);
  return new FakeModule(name, loaded.fake, ask);
}

/** Lets a fake answer its contract. */
export function host({ behaviour }: FakeModule, registry: ContractRegistry): void {
  const { contract, implementation } = behaviour.answers ?? {};
  if (contract && implementation) registry.host(contract, implementation);
}
