import { readFileSync } from 'node:fs';
import type { Manifest } from '#platform/manifest';
import { moduleMap, moduleMapFile } from '../lint/module-map.js';
import { APP_MODULE, withoutModule } from '../module/app-module.js';
import { FAKES_LIST, fakesList } from '../module/fakes-list.js';
import { classPrefix, isOwn } from '../module/words.js';
import { withoutLostCommands } from '../tree/commands.js';
import { withoutDeadLinks } from '../tree/links.js';
import { cutPassages } from '../tree/markers.js';
import { withoutOrphans } from '../tree/orphans.js';
import { describedPackage, projectLock, unusedPackages } from '../tree/package.js';
import { mapTexts, type Tree } from '../tree/tree.js';
import { neighbourOf, seenFrom } from './face.js';
import { TAKEN } from './parts.js';

/**
 * The files of a project with one module and the faces of those that it has to do with. The project
 * keeps its name, since the module's roles carry it. Pure.
 *
 * @param tree the project's files
 * @param modules all of its manifests
 */
export function serviceTree(tree: Tree, modules: readonly Manifest[], module: Manifest): Tree {
  const { name: project } = JSON.parse(tree.get('package.json') ?? '{}') as { name: string };
  const others = modules.filter(({ name }) => name !== module.name);
  const names = others.map(({ name }) => name);
  const neighbours = others.flatMap((other) => neighbourOf(tree, module, other));
  const taken = new Map([
    ...[...tree].filter(([path]) => isTaken(path, module.name, names)),
    ...neighbours,
    [APP_MODULE, names.reduce(withoutModule, tree.get(APP_MODULE) ?? '')],
    ['README.md', readme(project, module, others)],
  ]);
  const cut = withoutForeignPassages(taken, module.name);
  const used = withPages(tree, withoutOrphans(tree, cut, ['test/']));
  const known = modules.filter(({ name }) => used.has(`src/modules/${name}/module.json`));
  used.set(FAKES_LIST, fakesList(used.keys()));
  used.set(
    moduleMapFile,
    moduleMap(known.map((each) => (each.name === module.name ? module : seenFrom(module, each)))),
  );
  const own = withPackage(tree, used, project, module.name);
  return withoutLostLinks(withoutLostCommands(own));
}

function isTaken(path: string, module: string, others: readonly string[]): boolean {
  if (others.some((other) => isOwn(other, path))) return false;
  if (isOwn(module, path) || path.startsWith('src/')) return true;
  return TAKEN.some((part) => part.test(path));
}

/** The platform is every module's, and stays as it is; around it, each has passages of its own. */
function withoutForeignPassages(tree: Tree, module: string): Tree {
  const isPlatform = ([path]: [string, string]) => path.startsWith('src/platform/');
  const around = new Map([...tree].filter((file) => !isPlatform(file)));
  return new Map([...[...tree].filter(isPlatform), ...cutPassages(around, [module])]);
}

const PAGE = /\bdocs\/[\w-]+\.md\b/g;

/** With the pages that messages and the README send their readers to. */
function withPages(before: Tree, after: Tree): Map<string, string> {
  const named = [...after].flatMap(([path, text]) =>
    /\.(?:[cm]?[jt]s|md)$/.test(path) ? [...text.matchAll(PAGE)].map(([page]) => page) : [],
  );
  const pages = [...new Set(named)].filter((page) => before.has(page));
  const cut = cutPassages(new Map(pages.map((page) => [page, before.get(page) ?? ''])), []);
  return new Map([...after, ...cut]);
}

const withoutLostLinks = (tree: Tree): Tree =>
  mapTexts(tree, (text, path) =>
    path.endsWith('.md') ? withoutDeadLinks(tree, path, text) : text,
  );

function withPackage(before: Tree, after: Tree, project: string, module: string): Tree {
  const description = `The module "${module}" of ${project}, as a service of its own.`;
  const file = describedPackage(after, unusedPackages(before, after), description);
  const lock = projectLock(after.get('package-lock.json') ?? '{}', project, file);
  return new Map([...after, ['package.json', file], ['package-lock.json', lock]]);
}

function readme(project: string, module: Manifest, others: readonly Manifest[]): string {
  const { name, calls, hears } = module;
  const named = (list: readonly string[]) => list.join(', ') || 'nobody';
  const who = (list: 'calls' | 'hears') =>
    named(others.filter((other) => other[list].includes(name)).map((other) => other.name));
  const words: Record<string, string> = {
    project,
    name,
    title: classPrefix(name),
    NAME: name.toUpperCase(),
    calls: named(calls),
    hears: named(hears),
    calledBy: who('calls'),
    heardBy: who('hears'),
  };
  return readFileSync(new URL('files/README.md.txt', import.meta.url), 'utf8').replaceAll(
    /__(\w+?)__/g,
    (_all, word: string) => words[word] ?? '',
  );
}
