import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { faultsOfManifest, faultsOfSet, type Manifest } from '#platform/manifest';
import { CliError, listed } from '../cli.js';
import type { Source } from './source.js';
import { classPrefix, foldersOf, isOwn } from './words.js';

/** Folders that .gitignore leaves out wherever they are. */
const IGNORED = /^\/?(?:\*\*\/)?([a-z0-9]+)\/?$/;

/** @throws {CliError} naming every fault of the manifest, or everything that is in the way */
export function refuseToCreate(source: Source, manifest: Manifest): void {
  const others = source.manifests.filter(({ name }) => name !== manifest.name);
  const faults = [...faultsOfManifest(manifest), ...faultsOfSet([...others, manifest])];
  if (faults.length > 0) {
    throw new CliError(
      `The module "${manifest.name}" cannot be made:${listed(faults)}`,
      'Choose one word that is not taken, and calls that form no cycle. See docs/adding-a-module.md',
    );
  }
  const inTheWay = obstacles(source, manifest.name);
  if (inTheWay.length === 0) return;
  throw new CliError(
    `The module "${manifest.name}" cannot be made, since something is in the way:${listed(inTheWay)}`,
    'Choose another word, or move that away. Nothing was written.',
  );
}

function obstacles({ root, files }: Source, name: string): string[] {
  const prefix = classPrefix(name);
  const classes = new RegExp(
    `\\bclass (${prefix}(?:Module|Database|Service|Controller|Answers|Seed))\\b`,
  );
  const route = new RegExp(`(?:@Controller|\\bsetup)\\(['"]/?${name}(?=['"/])`);
  const ignored = (files.get('.gitignore') ?? '')
    .split('\n')
    .map((line) => IGNORED.exec(line)?.[1]);
  return [
    ...foldersOf(name)
      .filter((folder) => existsSync(join(root, folder)))
      .map((folder) => `${folder} is there already`),
    ...(ignored.includes(name) ? [`.gitignore leaves out every folder called "${name}"`] : []),
    ...[...files]
      .filter(([path]) => /^src\/.*\.ts$/.test(path) && !isOwn(name, path))
      .flatMap(([path, text]) => [
        ...(classes.test(text) ? [`${path} has the class ${classes.exec(text)?.[1]}`] : []),
        ...(route.test(text) ? [`${path} answers the route "/${name}"`] : []),
      ]),
  ];
}
