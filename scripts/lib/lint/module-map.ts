import { existsSync, readFileSync } from 'node:fs';
import type { Manifest } from '../../../src/platform/manifest.js';

/** Where the picture of the modules is, relative to the root. */
export const moduleMapFile = 'docs/modules.md';

/**
 * The picture of the modules, as a page in Markdown: what the manifests say, and so what may be
 * imported, provisioned and heard.
 *
 * @param manifests who calls and hears whom, in any order
 */
export function moduleMap(manifests: readonly Manifest[]): string {
  const sorted = [...manifests].sort((one, other) => (one.name < other.name ? -1 : 1));
  const lines = sorted.flatMap(({ name, calls, hears, remote }) => [
    remote ? `  ${name}([${name}, elsewhere])` : `  ${name}`,
    ...calls.map((target) => `  ${name} -->|calls| ${target}`),
    ...hears.map((target) => `  ${name} -.->|hears| ${target}`),
  ]);
  return [
    '# The modules',
    '',
    'Drawn by `npm run modules:map` from the manifests; `npm run check` says when it is out of date.',
    '',
    '```mermaid',
    'graph LR',
    ...lines,
    '```',
    '',
  ].join('\n');
}

/** Whether the page of a project is the given text. */
export function isCurrentMap(root: string, text: string): boolean {
  const path = `${root}/${moduleMapFile}`;
  return existsSync(path) && readFileSync(path, 'utf8') === text;
}
