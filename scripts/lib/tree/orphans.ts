import { dirname, join } from 'node:path/posix';
import { isBelow, type Tree, without } from './tree.js';

/** Where a file is there for the files that import it, and for nobody else. */
const SUPPORT = ['scripts/lib/', 'test/'];

const MODULE_FILES = /^scripts\/lib\/module\/files\/(.*)\.txt$/;
const IMPORT = /['"`](\.{1,2}\/[^'"`\s]+)\.[jt]s['"`]/g;
const PATH = /['"`](?:<rootDir>\/)?((?:scripts|test)\/[^'"`\s]+\.[jt]s)['"`]/g;

/**
 * The tree without support that some file used before, and that nothing leads to after.
 *
 * @param strict where support that no file is seen to use, before or after, goes too
 */
export function withoutOrphans(before: Tree, after: Tree, strict: readonly string[] = []): Tree {
  const wasUsed = new Set([...before].flatMap(([path, text]) => filesNamedIn(path, text)));
  const reached = [...after.keys()].filter(
    (path) =>
      !isBelow(path, SUPPORT) ||
      isSpec(path) ||
      isFixture(path) ||
      isFake(path) ||
      (!wasUsed.has(path) && !isBelow(path, strict)),
  );
  const seen = new Set(reached);
  for (const path of reached) {
    for (const file of filesNamedIn(path, after.get(path) ?? '')) {
      if (!seen.has(file)) reached.push(file);
      seen.add(file);
    }
  }
  return without(
    after,
    [...after.keys()].filter((path) => !seen.has(path)),
  );
}

/** Nobody imports a spec, but a list may name one. */
const isSpec = (path: string) => /\.(spec|long)\.ts$/.test(path);

/** A fixture is read as a part of its folder, whoever imports it there. */
const isFixture = (path: string) => path.startsWith('test/fixtures/');

/** A fake is found by its module's name. */
const isFake = (path: string) => path.startsWith('test/fakes/');

/** The files that a file imports, or starts as a process; so do those of modules to come. */
function filesNamedIn(path: string, text: string): string[] {
  const from = path.replace(MODULE_FILES, '$1');
  if (!/\.[jt]s$/.test(from)) return [];
  return [
    ...[...text.matchAll(IMPORT)].flatMap(([, file]) =>
      ['ts', 'js'].map((ending) => join(dirname(from), `${file}.${ending}`)),
    ),
    ...[...text.matchAll(PATH)].map(([, file]) => file as string),
  ];
}
