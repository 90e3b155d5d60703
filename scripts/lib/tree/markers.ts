import { CliError, listed } from '../cli.js';
import type { Tree } from './tree.js';

/**
 * A passage between `only: notes, tags` and `only: end`, each in a comment that has its line
 * to itself, stays when all modules named do; of `only: shop` all have to, and
 * `only: template` never stays.
 */
const MARKER = /^[ \t]*(?:<!--|\/\/|#) only: (.+?)(?: -->)?[ \t]*$/;

/**
 * Cuts the passages whose modules go, and the markers of those that stay. Pure.
 *
 * @throws {CliError} naming every marker that has no partner
 */
export function cutPassages(tree: Tree, kept: readonly string[]): Tree {
  const faults: string[] = [];
  const cut = new Map(
    [...tree].map(([path, text]) => {
      const { lines, open } = cutText(text, kept);
      if (open) faults.push(path);
      return [path, lines.length === text.split('\n').length ? text : lines.join('\n')] as const;
    }),
  );
  if (faults.length === 0) return cut;
  throw new CliError(
    `"only:" is not closed by "only: end", or closed twice:${listed(faults)}`,
    'Give each marker its partner.',
  );
}

function cutText(text: string, kept: readonly string[]): { lines: string[]; open: boolean } {
  const lines: string[] = [];
  let passage: 'none' | 'kept' | 'cut' = 'none';
  let faulty = false;
  for (const line of text.split('\n')) {
    const wanted = MARKER.exec(line)?.[1];
    if (wanted === undefined) {
      if (passage !== 'cut') lines.push(line);
      continue;
    }
    const ends = wanted === 'end';
    faulty ||= ends === (passage === 'none');
    const stays = wanted.split(/,\s*/).every((module) => kept.includes(module));
    passage = ends ? 'none' : stays ? 'kept' : 'cut';
  }
  return { lines, open: faulty || passage !== 'none' };
}
