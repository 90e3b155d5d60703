import { existsSync, readdirSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { Manifest } from '#platform/manifest';
import type { PublicRoute } from '#platform/placement/public-routes';
import { CliError, listed } from '../cli.js';
import { type FileChange, formatted } from '../file-plan.js';
import { importersOf } from '../module/remove.js';
import type { Source } from '../module/source.js';
import { cutTestsOf } from '../tree/markers.js';
import { difference, type Tree } from '../tree/tree.js';
import { fakeOf } from '../module/words.js';
import { faceOf } from './face.js';
import { goneFolders, remainingTree, type RemoteManifest, testsNaming } from './remains.js';
import { serviceTree } from './service-tree.js';

/** Where the folders of services are, which the checks of this project leave out. */
const SERVICES = 'services/';

export interface ServiceWish {
  readonly module: string;
  /** Folder of the new project, relative to the root. */
  readonly out: string;
  /** The module's public routes, which its Nest class knows. */
  readonly routes: readonly PublicRoute[];
}

export interface ServicePlan {
  readonly changes: readonly FileChange[];
  /** Tests of others that name the module, and may have had it in their process. */
  readonly tests: readonly string[];
}

/**
 * Works out what gives a module a project of its own, and leaves its face here. Writes nothing.
 *
 * @throws {CliError} naming everything that is in the way
 */
export async function planService(source: Source, wish: ServiceWish): Promise<ServicePlan> {
  const { root, manifests } = source;
  const out = relative(root, resolve(root, wish.out));
  const tree = new Map([...source.files].filter(([path]) => !path.startsWith(SERVICES)));
  const manifest = manifests.find(({ name }) => name === wish.module);
  if (!manifest || manifest.remote) {
    const here = manifests.filter(({ remote }) => !remote).map(({ name }) => name);
    throw new CliError(
      manifest
        ? `"${wish.module}" has a project of its own already: ${manifest.source ?? 'elsewhere'}`
        : `There is no module "${wish.module}".`,
      `The modules whose source is here are: ${here.join(', ') || 'none'}`,
    );
  }
  refuse(obstacles(source, tree, manifest, out), wish.module);
  const remote: RemoteManifest = {
    ...manifest,
    remote: true,
    source: out,
    routes: wish.routes.map(({ method, url }) => `${method} ${url}`),
  };
  const service = await format(root, tree, serviceTree(tree, manifests, manifest));
  const rest = await format(root, tree, remainingTree(tree, manifests, remote));
  const gone = goneFolders(tree, wish.module);
  return {
    changes: [
      ...difference(new Map(), service).map(({ path, text }) => ({ path: `${out}/${path}`, text })),
      ...difference(tree, rest, gone),
    ],
    tests: testsNaming(rest, wish.module),
  };
}

function obstacles(
  { root }: Source,
  tree: Tree,
  { name, calls, hears }: Manifest,
  out: string,
): string[] {
  const folder = resolve(root, out);
  const inside = new RegExp(`modules/${name}/(?!index\\b)`);
  const needed = [...new Set([...calls, ...hears])].filter((other) => !tree.has(fakeOf(other)));
  return [
    ...(out.startsWith('..') || out.startsWith(SERVICES)
      ? []
      : [
          `"${out}" is looked at by this project's checks: choose a folder below ${SERVICES}, or outside`,
        ]),
    ...(existsSync(folder) && readdirSync(folder).length > 0 ? [`"${out}" is not empty`] : []),
    ...needed.map((other) => `it calls or hears ${other}, and there is no ${fakeOf(other)}`),
    ...faceOf(tree, name)
      .filter((path) => !tree.has(path) || path.includes('/internal/'))
      .map((path) => `its face gets something from ${path}`),
    // Tests that go along may look into it.
    ...importersOf(name, cutTestsOf(tree, name))
      .filter((path) => inside.test(tree.get(path) ?? ''))
      .map((path) => `${path} imports its inside`),
  ];
}

function refuse(found: readonly string[], module: string): void {
  if (found.length === 0) return;
  throw new CliError(
    `"${module}" cannot have a project of its own yet:${listed(found)}`,
    'See docs/extracting-the-source.md. Nothing was written.',
  );
}

/** Only what is not as it was. */
async function format(root: string, before: Tree, after: Tree): Promise<Tree> {
  const changed = [...after].filter(([path, text]) => before.get(path) !== text);
  const texts = await formatted(
    root,
    changed.map(([path, text]) => ({ path, text })),
  );
  return new Map([...after, ...texts.map(({ path, text }) => [path, text ?? ''] as const)]);
}
