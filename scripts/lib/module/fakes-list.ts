import { fakeOf } from './words.js';

/** The file that lists who stands in for which module, for no check to wonder what is loaded. */
export const FAKES_LIST = fakeOf('index');

/**
 * The text of that list; it is still to be formatted. Pure.
 *
 * @param paths of the project's files
 */
export function fakesList(paths: Iterable<string>): string {
  const names = [...paths]
    .flatMap((path) => /^test\/fakes\/([a-z0-9]+)\.ts$/.exec(path)?.[1] ?? [])
    .filter((name) => name !== 'index');
  const entries = [...new Set(names)]
    .sort()
    .map((name) => `  ${name}: () => import('./${name}.js'),\n`);
  return `import type { Fake } from '../support/fakes/fake-module.js';

/** Who stands in for which module, where that one is in another project. */
export const FAKES: Readonly<Record<string, () => Promise<{ fake: Fake }>>> = {
${entries.join('')}};
`;
}
