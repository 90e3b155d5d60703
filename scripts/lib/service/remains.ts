import type { Manifest } from '#platform/manifest';
import { moduleMap, moduleMapFile } from '../lint/module-map.js';
import { APP_MODULE, withoutModule } from '../module/app-module.js';
import { FAKES_LIST, fakesList } from '../module/fakes-list.js';
import { fakeOf, filesNaming, foldersOf, isOwn } from '../module/words.js';
import { withoutLostCommands } from '../tree/commands.js';
import { withoutDeadLinks } from '../tree/links.js';
import { cutTestsOf } from '../tree/markers.js';
import { runnablePackage } from '../tree/package.js';
import { hasAny, type Tree } from '../tree/tree.js';
import { faceOf, manifestPath, manifestText } from './face.js';

/** What is left of a module that has gone elsewhere. */
export type RemoteManifest = Manifest & { readonly remote: true };

/** The folders of a module that go whole, with what git ignores in them. */
export const goneFolders = (tree: Tree, module: string): string[] =>
  [`src/modules/${module}/internal/`, ...foldersOf(module).slice(1)].filter((folder) =>
    hasAny(tree, folder),
  );

/**
 * The project's files without a module's inside, and without the tests that need that: its face, its
 * manifest and its README stay, and its fake for the tests of those who call or hear it. Pure.
 *
 * @param manifests of all modules
 */
export function remainingTree(
  tree: Tree,
  manifests: readonly Manifest[],
  remote: RemoteManifest,
): Tree {
  const { name, source = '' } = remote;
  const page = `src/modules/${name}/README.md`;
  const others = manifests.filter((manifest) => manifest.name !== name);
  const isNeeded = others.some(({ calls, hears }) => [...calls, ...hears].includes(name));
  const fake = isNeeded ? [fakeOf(name)] : [];
  const kept = [...faceOf(tree, name), ...fake, page, manifestPath(name)];
  const rest = [...tree].filter(([path]) => !isOwn(name, path) || kept.includes(path));
  const left = new Map(cutTestsOf(new Map(rest), name));
  left.set(manifestPath(name), manifestText(remote));
  left.set(APP_MODULE, withoutModule(left.get(APP_MODULE) ?? '', name));
  left.set(FAKES_LIST, fakesList(left.keys()));
  left.set(moduleMapFile, moduleMap([...others, remote]));
  const moved = withSentence(left.get(page) ?? `# ${name}\n`, source);
  left.set(page, withoutDeadLinks(left, page, moved));
  return withoutLostCommands(left.set('package.json', runnablePackage(left)));
}

const withSentence = (page: string, source: string) =>
  page.replace('\n', `\n\nHere is only its face; the module itself is in \`${source}\`.\n`);

/** The tests of others in which the module's word stands. */
export const testsNaming = (tree: Tree, module: string): string[] =>
  filesNaming(module, tree).filter((path) => /^test\/.*\.(?:spec|long|browser)\.ts$/.test(path));
