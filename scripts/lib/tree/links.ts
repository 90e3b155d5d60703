import { hasAny, type Tree } from './tree.js';

const LINK = /\[([^\]]*)\]\(([^)#:\s]+)(?:#[^)]*)?\)/g;

/** Whether a page's line links to a file that is not there. */
export const leadsNowhere = (tree: Tree, page: string, line: string): boolean =>
  page.endsWith('.md') &&
  [...line.matchAll(LINK)].some(([, , target = '']) => isLost(tree, page, target));

/** A page's text with nothing but the words of the links to files that are not there. */
export const withoutDeadLinks = (tree: Tree, page: string, text: string): string =>
  text.replaceAll(LINK, (link, words: string, target: string) =>
    isLost(tree, page, target) ? words : link,
  );

function isLost(tree: Tree, page: string, target: string): boolean {
  const { pathname } = new URL(target, `file:///${page}`);
  const path = decodeURIComponent(pathname.slice(1));
  return !tree.has(path) && !hasAny(tree, path.replace(/\/?$/, '/'));
}
