import { CliError, listed } from '../cli.js';
import { withoutUnusedImports } from './imports.js';
import type { Tree } from './tree.js';

/**
 * A passage between `only: notes, tags` and `only: end`, each in a comment that has its line
 * to itself, stays when all modules named do; that of `only: any of notes, tags` when one does; of
 * `only: shop` all have to, and `only: template` never stays.
 */
const MARKER = /^[ \t]*(?:<!--|\/\/|#) only: (.+?)(?: -->)?[ \t]*$/;

/** Of which modules a passage is, and whether one of them is enough. */
interface Condition {
  readonly modules: readonly string[];
  readonly isMet: (has: (module: string) => boolean) => boolean;
}

/** What becomes of a passage: it goes, it stays without its markers, or it stays as it is. */
type Fate = 'cut' | 'bare' | 'marked';

const isTest = (path: string) => path.startsWith('test/');

/**
 * Cuts the passages whose modules go, and the markers of those that stay. Pure.
 *
 * @param inTests "marked" keeps the markers in tests: they say which of these go along when a module
 *   gets a project of its own
 * @throws {CliError} naming every marker that has no partner
 */
export const cutPassages = (
  tree: Tree,
  kept: readonly string[],
  inTests: 'bare' | 'marked' = 'bare',
): Tree =>
  decided(tree, ({ isMet }, path) => {
    if (!isMet((module) => kept.includes(module))) return 'cut';
    return isTest(path) ? inTests : 'bare';
  });

/**
 * Cuts the passages of tests that need a module's inside: by its name, or since they are about the
 * shop as a whole. Pure; throws as `cutPassages` does.
 */
export const cutTestsOf = (tree: Tree, module: string): Tree =>
  decided(tree, ({ modules }, path) => {
    const needed = modules.some((each) => each === module || each === 'shop');
    return needed && isTest(path) ? 'cut' : 'marked';
  });

function decided(tree: Tree, fateOf: (condition: Condition, path: string) => Fate): Tree {
  const faults: string[] = [];
  const cut = new Map(
    [...tree].flatMap(([path, text]) => {
      const { lines, open } = cutText(text, (condition) => fateOf(condition, path));
      if (open) faults.push(path);
      if (lines.length === text.split('\n').length) return [[path, text] as const];
      const rest = lines.join('\n');
      // A file that was one passage goes with it.
      if (rest.trim() === '') return [];
      return [[path, path.endsWith('.ts') ? withoutUnusedImports(rest) : rest] as const];
    }),
  );
  if (faults.length === 0) return cut;
  throw new CliError(
    `"only:" is not closed by "only: end", or closed twice:${listed(faults)}`,
    'Give each marker its partner.',
  );
}

function cutText(
  text: string,
  fateOf: (condition: Condition) => Fate,
): { lines: string[]; open: boolean } {
  const lines: string[] = [];
  let passage: 'none' | Fate = 'none';
  let faulty = false;
  for (const line of text.split('\n')) {
    const wanted = MARKER.exec(line)?.[1];
    if (wanted === undefined) {
      if (passage !== 'cut') lines.push(line);
      continue;
    }
    const ends = wanted === 'end';
    faulty ||= ends === (passage === 'none');
    const next: 'none' | Fate = ends ? 'none' : fateOf(conditionOf(wanted));
    if (passage === 'marked' || next === 'marked') lines.push(line);
    passage = next;
  }
  return { lines, open: faulty || passage !== 'none' };
}

const ANY_OF = 'any of ';

function conditionOf(wanted: string): Condition {
  const isAny = wanted.startsWith(ANY_OF);
  const modules = wanted.slice(isAny ? ANY_OF.length : 0).split(/,\s*/);
  return { modules, isMet: (has) => (isAny ? modules.some(has) : modules.every(has)) };
}
