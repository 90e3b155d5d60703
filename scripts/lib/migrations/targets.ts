import { parseOperatorConfig, processEnvironment } from '#config';
import { loginRole, ownerRole, passwordOf, urlWith } from '#platform/database/names';
import { urlAt } from '#platform/placement/placement-table';
import { refuseUnknownModules } from '../known-modules.js';
import { readPlacements } from '../placements.js';
import { projectName, readProjectModules } from '../project.js';
import { openServer } from '../server.js';
import { type MigrationTarget } from './types.js';

type Server = Awaited<ReturnType<typeof openServer>>;

/** The modules as they are at home, each with the URL of its owner role. */
export const targetsOf = (
  { adminUrl, secret }: Pick<Server, 'adminUrl' | 'secret'>,
  project: string,
  modules: readonly string[],
): MigrationTarget[] =>
  modules.map((module) => {
    const user = ownerRole(project, module);
    return {
      module,
      ownerUrl: urlWith(adminUrl, { user, password: passwordOf(secret, user) }),
      loginRole: loginRole(project, module),
    };
  });

/** The same, each where its rows are. */
export async function placedTargets(
  server: Pick<Server, 'adminUrl' | 'secret'>,
  project: string,
  modules: readonly string[],
): Promise<MigrationTarget[]> {
  const moved = await readPlacements(server.adminUrl);
  return targetsOf(server, project, modules).map((target) => {
    const place = moved.find(({ module }) => module === target.module);
    return { ...target, ownerUrl: urlAt(target.ownerUrl, place?.database ?? null) };
  });
}

/**
 * Opens the project's server for a command, and releases it afterwards.
 *
 * @param names the modules named on the command line; none of them means all
 * @throws {CliError} naming the modules that there are, when a name is none of them
 */
export async function withTargets<Result>(
  names: readonly string[],
  work: (targets: MigrationTarget[], server: Server) => Promise<Result>,
): Promise<Result> {
  const modules = chooseModules(names);
  const server = await openServer(parseOperatorConfig(processEnvironment()));
  try {
    return await work(await placedTargets(server, projectName, modules), server);
  } finally {
    await server.release();
  }
}

/** The same for one module. */
export const withTarget = <Result>(
  module: string,
  work: (target: MigrationTarget) => Promise<Result>,
): Promise<Result> => withTargets([module], ([target]) => work(target as MigrationTarget));

function chooseModules(names: readonly string[]): readonly string[] {
  const known = readProjectModules();
  refuseUnknownModules(names, known);
  return names.length > 0 ? [...new Set(names)] : known;
}
