import { dirname, join } from 'node:path/posix';
import type { Manifest } from '#platform/manifest';
import { fakeOf } from '../module/words.js';
import type { Tree } from '../tree/tree.js';

const REEXPORT = /\bfrom '(\.\/[^']+)\.js'/g;

/** The files that make up a module's face: its index, and what that gets from files beside it. */
export function faceOf(tree: Tree, module: string): string[] {
  const found = [`src/modules/${module}/index.ts`];
  for (const path of found) {
    for (const [, file] of (tree.get(path) ?? '').matchAll(REEXPORT)) {
      const other = `${join(dirname(path), file as string)}.ts`;
      if (!found.includes(other)) found.push(other);
    }
  }
  return found;
}

export const manifestPath = (module: string) => `src/modules/${module}/module.json`;

/** A manifest as a file's text; it is still to be formatted. */
export const manifestText = (manifest: Manifest) => `${JSON.stringify(manifest)}\n`;

/** Face of a module that only calls or hears: nothing is asked of it here. */
const NO_FACE = '// It calls or hears what runs here; nobody here calls or hears it.\nexport {};\n';

/** What another module and a module have to do with each other, as the latter's project knows it. */
export const seenFrom = (module: Manifest, { name, calls, hears }: Manifest): Manifest => ({
  name,
  calls: calls.filter((target) => target === module.name),
  hears: hears.filter((target) => target === module.name),
  remote: true,
});

/**
 * What a module's project has of another module: its face and its fake if it is called or heard, and a
 * manifest of what the two have to do with each other.
 *
 * @returns nothing, when that is nothing
 */
export function neighbourOf(tree: Tree, module: Manifest, other: Manifest): [string, string][] {
  const { name } = other;
  const isNeeded = [...module.calls, ...module.hears].includes(name);
  const seen = seenFrom(module, other);
  if (!isNeeded && seen.calls.length + seen.hears.length === 0) return [];
  const face: [string, string][] = isNeeded
    ? [...faceOf(tree, name), fakeOf(name)].map((path) => [path, tree.get(path) ?? ''])
    : [[`src/modules/${name}/index.ts`, NO_FACE]];
  return [[manifestPath(name), manifestText(seen)], ...face];
}
