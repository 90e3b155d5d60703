import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { faultsOfManifest } from '#platform/manifest';
import { CliError, listed } from '../cli.js';
import { type FileChange, formatted } from '../file-plan.js';
import { refuseUnknownModules } from '../known-modules.js';
import { moduleMap, moduleMapFile } from '../lint/module-map.js';
import { APP_MODULE, withoutModule } from './app-module.js';
import { FAKES_LIST, fakesList } from './fakes-list.js';
import type { Source } from './source.js';
import { fakeOf, filesNaming, foldersOf, isOwn, PLACEHOLDER } from './words.js';

/** What goes, and which files still speak of it. */
export interface RemovePlan {
  readonly changes: readonly FileChange[];
  /** Files that name the module without importing it. */
  readonly mentions: readonly string[];
}

/**
 * Works out what takes a module out of the project. Removes nothing.
 *
 * @param dataToo whether there is something left to do when the files are gone already
 * @throws {CliError} when there is no such module, or somebody calls, hears or imports it
 */
export async function planRemoval(
  source: Source,
  name: string,
  { dataToo = false } = {},
): Promise<RemovePlan> {
  const { root, files, manifests } = source;
  if (!manifests.some((manifest) => manifest.name === name)) {
    if (dataToo && faultsOfManifest({ name, calls: [], hears: [] }).length === 0) {
      return { changes: [], mentions: [] };
    }
    refuseUnknownModules(
      [name],
      manifests.map((manifest) => manifest.name),
    );
  }
  refuseWhileNeeded(source, name);
  const places = [...foldersOf(name), fakeOf(name)].filter((path) => existsSync(join(root, path)));
  const appModule = withoutModule(files.get(APP_MODULE) ?? '', name);
  const others = manifests.filter((manifest) => manifest.name !== name);
  const fakes = [...files.keys()].filter((path) => path !== fakeOf(name));
  return {
    changes: [
      ...places.map((path) => ({ path, text: null })),
      ...(others.length === 0 ? [{ path: PLACEHOLDER, text: '' }] : []),
      ...(await formatted(root, [
        { path: APP_MODULE, text: appModule },
        { path: FAKES_LIST, text: fakesList(fakes) },
        { path: moduleMapFile, text: moduleMap(others) },
      ])),
    ],
    mentions: filesNaming(name, files).filter(
      (path) => ![APP_MODULE, FAKES_LIST, moduleMapFile].includes(path),
    ),
  };
}

function refuseWhileNeeded({ files, manifests }: Source, name: string): void {
  const needs = manifests.flatMap((manifest) =>
    (['calls', 'hears'] as const)
      .filter((list) => manifest[list].includes(name))
      .map((list) => `"${manifest.name}" ${list} it: src/modules/${manifest.name}/module.json`),
  );
  const imports = importersOf(name, files).map((path) => `${path} imports it`);
  if (needs.length + imports.length === 0) return;
  throw new CliError(
    `The module "${name}" is still needed:${listed([...needs, ...imports])}`,
    `Change or remove those first; what they lose, see in src/modules/${name}/README.md`,
  );
}

/** The files outside a module that import it, and would not compile without it. */
export function importersOf(name: string, files: ReadonlyMap<string, string>): string[] {
  const path = `(?:#modules/|(?:\\.{1,2}/)+(?:src/)?modules/)${name}(?:/[^'"]*)?`;
  // Statements begin their line; an import in a text, as the lint's tests have them, does not.
  const statement = new RegExp(`^(?:import|export)\\b[^;'"]*['"]${path}['"]`, 'm');
  const call = new RegExp(`^[^'"\`/]*\\bimport\\(\\s*['"]${path}['"]`, 'm');
  return [...files]
    .filter(([file]) => /\.[cm]?[jt]s$/.test(file) && file !== APP_MODULE && !isOwn(name, file))
    .filter(([, text]) => statement.test(text) || call.test(text))
    .map(([file]) => file);
}
