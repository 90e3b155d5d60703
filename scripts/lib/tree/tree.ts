import type { FileChange } from '../file-plan.js';

/** A project's text files by path: a step of the plan takes one and gives another. */
export type Tree = ReadonlyMap<string, string>;

/** Whether a path is one of these, or below one of these that ends in "/". */
export const isBelow = (path: string, places: readonly string[]) =>
  places.some((place) => (place.endsWith('/') ? path.startsWith(place) : path === place));

/** Whether there is a file at a path, or below one that ends in "/". */
export const hasAny = (tree: Tree, place: string) =>
  [...tree.keys()].some((path) => isBelow(path, [place]));

/** The tree without these paths and folders. */
export const without = (tree: Tree, places: readonly string[]): Tree =>
  new Map([...tree].filter(([path]) => !isBelow(path, places)));

/** The tree with every text passed through a function. */
export const mapTexts = (tree: Tree, change: (text: string, path: string) => string): Tree =>
  new Map([...tree].map(([path, text]) => [path, change(text, path)]));

/**
 * What takes one tree to another, sorted by path.
 *
 * @param folders those that go whole, with what git ignores in them
 */
export function difference(
  before: Tree,
  after: Tree,
  folders: readonly string[] = [],
): FileChange[] {
  const emptied = folders.filter((folder) => hasAny(before, folder) && !hasAny(after, folder));
  const removed = [...before.keys()].filter((path) => !after.has(path) && !isBelow(path, emptied));
  const changed = [...after].filter(([path, text]) => before.get(path) !== text);
  return [
    ...[...emptied, ...removed].map((path) => ({ path, text: null })),
    ...changed.map(([path, text]) => ({ path, text })),
  ].sort((one, other) => (one.path < other.path ? -1 : 1));
}
