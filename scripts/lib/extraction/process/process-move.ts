import { databaseUrlVariable } from '#config';
import type { Manifest } from '#platform/manifest';
import { CliError } from '../../cli.js';
import { linesOf, placementEnvironment } from '../../placement-environment.js';
import { moduleUrlAt, readPlacements, setProcessUrl } from '../../placements.js';
import type { Project } from '../../set-up.js';
import { note } from '../sides/journal.js';
import { processFault } from './process-host.js';
import { Side } from '../sides/side.js';

/** Where a module's process is, as everybody is told. */
export interface ProcessStatus {
  readonly module: string;
  /** Internal URL; null where the configuration of each process says. */
  readonly url: string | null;
  /** What is wrong with whoever is there. */
  readonly fault?: string;
}

/** What two processes are told, as lines of an `.env` file: the one of a module, and the one of all others. */
export interface ProcessEnvironments {
  readonly one: readonly string[];
  readonly rest: readonly string[];
}

/**
 * @throws {CliError} when there are no others
 */
export async function processEnvironments(
  project: Project,
  manifests: readonly Manifest[],
  module: string,
): Promise<ProcessEnvironments> {
  const others = project.modules.filter((name) => name !== module);
  if (others.length === 0) {
    throw new CliError(
      `"${module}" is the only module of this project: its process is its own.`,
      'See docs/splitting.md',
    );
  }
  const all = { ...project, modules: [module, ...others] };
  const own = placementEnvironment(all, manifests, [module]);
  // What is elsewhere altogether looks for its rows where they are, and not for where they went.
  const moved = project.modules.includes(module) ? {} : await movedUrl(project, module);
  return {
    one: linesOf({ ...own, values: { ...own.values, ...moved } }),
    rest: linesOf(placementEnvironment(all, manifests, others)),
  };
}

async function movedUrl(project: Project, module: string): Promise<Record<string, string>> {
  const { adminUrl, secret, name } = project;
  const place = (await readPlacements(adminUrl)).find((each) => each.module === module);
  if (!place) return {};
  const target = { adminUrl, secret, project: name, modules: [module] };
  return { [databaseUrlVariable(module)]: moduleUrlAt(target, module, place.database) };
}

export async function processStatus(adminUrl: string, module: string): Promise<ProcessStatus> {
  const url = await Side.with('home', adminUrl, (home) => notedUrl(home, module));
  const fault = url === null ? undefined : await processFault(url, module);
  return { module, url, ...(fault && { fault: fault.message }) };
}

async function notedUrl(home: Side, module: string): Promise<string | null> {
  const [row] = await home.rows<{ url: string | null }>(
    'select url from platform.placement where module = $1',
    [module],
  );
  return row?.url ?? null;
}

/**
 * Leads all calls and requests for a module to the process at a URL.
 *
 * @param url its internal one, or null where the configuration of each process says
 */
export async function placeProcess(
  adminUrl: string,
  module: string,
  url: string | null,
): Promise<void> {
  await setProcessUrl(adminUrl, module, url);
  const verb = url === null ? 'process rollback' : 'process cutover';
  await Side.with('home', adminUrl, (home) => note(home, module, verb, 'done', { url }));
}
