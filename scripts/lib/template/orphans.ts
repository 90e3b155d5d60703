import { dirname, join } from 'node:path/posix';
import { isBelow, type Tree, without } from './tree.js';

/** Where a file is there for the files that import it, and for nobody else. */
const SUPPORT = ['scripts/lib/', 'test/'];

const MODULE_FILES = /^scripts\/lib\/module\/files\/(.*)\.txt$/;
const IMPORT = /['"`](\.{1,2}\/[^'"`\s]+)\.js['"`]/g;
const PATH = /['"`]((?:scripts|test)\/[^'"`\s]+\.ts)['"`]/g;

/** The tree without support that some file used before, and none uses after. */
export function withoutOrphans(before: Tree, after: Tree): Tree {
  const wasUsed = usedIn(before);
  const isUsed = usedIn(after);
  const orphans = [...after.keys()].filter(
    (path) => isBelow(path, SUPPORT) && !isSpec(path) && wasUsed.has(path) && !isUsed.has(path),
  );
  return orphans.length === 0 ? after : withoutOrphans(before, without(after, orphans));
}

/** Nobody imports a spec, but a list may name one. */
const isSpec = (path: string) => path.endsWith('.spec.ts');

/** The files that others import, or start as a process; those of modules to come are among them. */
function usedIn(tree: Tree): Set<string> {
  const files = [...tree]
    .map(([path, text]) => [path.replace(MODULE_FILES, '$1'), text] as const)
    .filter(([path]) => path.endsWith('.ts'));
  return new Set(
    files.flatMap(([path, text]) => [
      ...[...text.matchAll(IMPORT)].map(([, file]) => join(dirname(path), `${file}.ts`)),
      ...[...text.matchAll(PATH)].map(([, file]) => file as string),
    ]),
  );
}
