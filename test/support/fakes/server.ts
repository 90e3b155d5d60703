import type { AppConfig } from '#config';
import type { ContractRegistry } from '#platform/contracts/contract-registry';
import { serveContracts } from '#platform/contracts/contract-server';
import { FeedServer } from '#platform/events/feed-server';
import type { FeedSource } from '#platform/events/feed-source';
import { HostedModules } from '#platform/hosted-modules';
import { httpAdapter, REQUEST_TIMEOUT } from '#platform/http/adapter';
import { InternalListener } from '#platform/http/internal';
import { answerProblem } from '#platform/http/problem.filter';
import type { Manifest } from '#platform/manifest';
import { Placement } from '#platform/placement/placement';
import { WireGuard } from '#platform/wire/guard';
import { publicHalfOf } from '#platform/wire/keys';
import { moduleKey } from '../../../scripts/lib/placement-environment.js';
import { readProjectManifests } from '../../../scripts/lib/project.js';
import { testProject } from '../test-project.js';
import type { FakeModule } from './fake-module.js';

type FakeModules = ReadonlyMap<string, FakeModule>;

/** The platform reads feeds of what is hosted; here these are the fakes'. */
class FakeFeeds extends HostedModules {
  constructor(private readonly fakes: FakeModules) {
    super();
  }

  override feedOf(module: string): FeedSource | undefined {
    return this.fakes.get(module)?.feed;
  }
}

/**
 * Lets fakes answer as processes of the real modules would: contracts and feeds by the platform's own
 * wire, to modules that prove who they are, and the public routes that tests use.
 *
 * @param manifests say who may call and hear them
 * @returns where they are; the server ends with the tests
 */
export async function serveFakes(
  modules: FakeModules,
  registry: ContractRegistry,
  manifests = readProjectManifests(),
): Promise<string> {
  const server = httpAdapter({ bodyLimit: 1_048_576 }).getInstance();
  const guard = guardOfTests(manifests);
  server.setErrorHandler((error, request, reply) => answerProblem(error, request, reply));
  const listener = new EasyListener(server, REQUEST_TIMEOUT);
  serveContracts(server, registry, guard);
  new FeedServer(new FakeFeeds(modules), guard).serve(server);
  for (const { behaviour } of modules.values()) behaviour.routes?.(server);
  await server.ready();
  const port = await listener.listen({ host: '127.0.0.1', port: 0 });
  return `http://127.0.0.1:${port}`;
}

/** Does not keep the tests from ending. */
class EasyListener extends InternalListener {
  override async listen(at: { host: string; port: number }): Promise<number> {
    const port = await super.listen(at);
    this.listener.unref();
    this.listener.on('connection', (socket) => socket.unref());
    return port;
  }
}

/** Knows every module by the key that its app would be given. */
function guardOfTests(manifests: readonly Manifest[]): WireGuard {
  const { secret } = testProject();
  const known = manifests.map(({ name }) => [name, publicHalfOf(moduleKey(secret, name))]);
  const keys = { private: {}, public: Object.fromEntries(known) as Record<string, string> };
  const placement = new Placement({ modules: [], urls: {} }, manifests);
  return new WireGuard({ keys } as AppConfig, placement);
}
