import { classPrefix } from '../module/words.js';
import { leadsNowhere } from '../tree/links.js';
import type { Tree } from '../tree/tree.js';
import { HOMONYMS } from './parts.js';

/**
 * Everything that still speaks of the template, of a module or of a command that is gone, as
 * `path:line: text`, and every link of a page that leads nowhere.
 */
export function tracesIn(
  tree: Tree,
  template: string,
  gone: readonly string[],
  commands: readonly string[] = [],
): string[] {
  const patterns = [
    new RegExp(`${template}|template:init`, 'i'),
    ...gone.flatMap(patternsOf),
    ...commands.map((command) => new RegExp(`\\bnpm run (?:--silent )?${command}(?![\\w:-])`)),
  ];
  return [...tree]
    .filter(([path]) => path !== 'package-lock.json')
    .flatMap(([path, text]) =>
      text.split('\n').flatMap((line, index) => {
        const found =
          patterns.some((pattern) => pattern.test(line)) || leadsNowhere(tree, path, line);
        return found ? [`${path}:${index + 1}: ${line.trim().slice(0, 120)}`] : [];
      }),
    );
}

const SUFFIXES = '(?:Module|Contract|Database|Service|Controller|Answers|Seed)';

/** Where a module's word stands in code; for a word that means nothing else, in prose as well. */
export function patternsOf(name: string): RegExp[] {
  if (!HOMONYMS.includes(name)) {
    return [
      new RegExp(`\\b${name}\\b|\\b${name.toUpperCase()}_`, 'i'),
      new RegExp(`\\b${classPrefix(name)}[A-Z]`),
    ];
  }
  return [
    new RegExp(`\\b${classPrefix(name)}${SUFFIXES}\\b`),
    new RegExp(`\\b${name.toUpperCase()}_DATABASE_URL`),
    new RegExp(`(?<=['"\`/#])${name}(?=['"\`/.])`),
  ];
}
