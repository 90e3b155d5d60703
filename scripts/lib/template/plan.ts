import { readFileSync } from 'node:fs';
import type { Manifest } from '#platform/manifest';
import { CliError, listed } from '../cli.js';
import { type FileChange, formatted } from '../file-plan.js';
import { moduleMap, moduleMapFile } from '../lint/module-map.js';
import { APP_MODULE, withoutModule } from '../module/app-module.js';
import { FAKES_LIST, fakesList } from '../module/fakes-list.js';
import { foldersOf, isOwn, PLACEHOLDER } from '../module/words.js';
import { keptModules } from './keep.js';
import { cutPassages } from '../tree/markers.js';
import { namesOf, type Names, refuseName, renamed } from './names.js';
import { withoutOrphans } from '../tree/orphans.js';
import { commandsOf, projectLock, projectPackage, unusedPackages } from '../tree/package.js';
import { ABOUT, SHOP, TEMPLATE_ONLY, TESTS_OF_MODULES } from './parts.js';
import { leadsNowhere } from '../tree/links.js';
import { patternsOf, tracesIn } from './traces.js';
import { difference, hasAny, isBelow, mapTexts, type Tree, without } from '../tree/tree.js';

/** What is to be made of the template. */
export interface InitWish {
  readonly name: string;
  /** "shop", "none", or modules separated by commas. */
  readonly keep: string;
}

export interface InitPlan {
  readonly changes: readonly FileChange[];
  readonly notes: readonly string[];
}

/**
 * Works out what makes the template a project: a pipeline over the text files. Writes nothing.
 *
 * @param root absolute path of the root folder, for the settings of the formatter
 * @throws {CliError} naming every fault of the name, or every trace that would be left
 */
export async function planInit(
  root: string,
  tree: Tree,
  manifests: readonly Manifest[],
  { name, keep }: InitWish,
): Promise<InitPlan> {
  const packageFile = JSON.parse(tree.get('package.json') ?? '{}') as Record<string, never>;
  const template = namesOf(packageFile['name'] ?? '');
  refuseName(name, template.name, dependenciesOf(packageFile));
  const kept = keptModules(manifests, keep);
  const gone = manifests.map((each) => each.name).filter((each) => !kept.modules.includes(each));
  const project = namesOf(name);

  const whole = gone.length === 0 ? [SHOP] : [];
  const lean = withMap(withoutModules(withoutTemplate(tree), gone), manifests, gone);
  const cut = cutPassages(withReadme(lean, project), [...kept.modules, ...whole], 'marked');
  const used = withoutOrphans(tree, dropDeadLines(cut));
  const own = withPackage(tree, used, project);
  const after = await format(root, tree, withNames(own, template, project));
  const commands = commandsOf(tree).filter((command) => !commandsOf(after).includes(command));
  refuseTraces(tracesIn(after, template.name, gone, commands));
  const folders = [...TEMPLATE_ONLY, ...gone.flatMap(foldersOf)].filter((path) =>
    path.endsWith('/'),
  );
  return { changes: difference(tree, after, folders), notes: kept.notes };
}

const dependenciesOf = (file: Record<string, object | undefined>) =>
  ['dependencies', 'devDependencies'].flatMap((field) => Object.keys(file[field] ?? {}));

function withoutTemplate(tree: Tree): Tree {
  const missing = [...TEMPLATE_ONLY, ...Object.keys(ABOUT)].filter((place) => !hasAny(tree, place));
  if (missing.length > 0) {
    throw new CliError(
      `What scripts/lib/template/parts.ts names is not there:${listed(missing)}`,
      'Correct that list.',
    );
  }
  return without(tree, TEMPLATE_ONLY);
}

function withoutModules(tree: Tree, gone: readonly string[]): Tree {
  if (gone.length === 0) return tree;
  const about = Object.entries(ABOUT)
    .filter(([, modules]) => modules.some((module) => module === SHOP || gone.includes(module)))
    .map(([path]) => path);
  const patterns = gone.flatMap(patternsOf);
  const tests = [...tree]
    .filter(([path]) => /\.(spec|long)\.ts$/.test(path) && isBelow(path, TESTS_OF_MODULES))
    .filter(([, text]) => patterns.some((pattern) => pattern.test(text)))
    .map(([path]) => path);
  const left = new Map(
    [...without(tree, [...about, ...tests])].filter(
      ([path]) => !gone.some((module) => isOwn(module, path)),
    ),
  );
  left.set(APP_MODULE, gone.reduce(withoutModule, left.get(APP_MODULE) ?? ''));
  left.set(FAKES_LIST, fakesList(left.keys()));
  if (!hasAny(left, 'src/modules/')) left.set(PLACEHOLDER, '');
  return left;
}

const withMap = (tree: Tree, manifests: readonly Manifest[], gone: readonly string[]): Tree => {
  const kept = manifests.filter(({ name }) => !gone.includes(name));
  return new Map([...tree, [moduleMapFile, moduleMap(kept)]]);
};

const withReadme = (tree: Tree, { title, identifier }: Names): Tree =>
  new Map([
    ...tree,
    [
      'README.md',
      readFileSync(new URL('files/README.md.txt', import.meta.url), 'utf8')
        .replaceAll('__title__', title)
        .replaceAll('__identifier__', identifier),
    ],
  ]);

/** A row of a table, or an item of a list, that leads to a page that is gone goes with it. */
const dropDeadLines = (tree: Tree): Tree =>
  mapTexts(tree, (text, path) => {
    const dead = (line: string) => /^(?:\||- )/.test(line) && leadsNowhere(tree, path, line);
    return text
      .split('\n')
      .filter((line) => !dead(line))
      .join('\n');
  });

/** With the commands and packages that the files which are left have use for. */
function withPackage(before: Tree, after: Tree, { name }: Names): Tree {
  const file = projectPackage(after, unusedPackages(before, after));
  return new Map([
    ...after,
    ['package.json', file],
    ['package-lock.json', projectLock(after.get('package-lock.json') ?? '{}', name, file)],
  ]);
}

const withNames = (tree: Tree, template: Names, project: Names): Tree =>
  mapTexts(tree, (text, path) =>
    path === 'package-lock.json' ? text : renamed(text, template, project),
  );

/** Only what has changed: names differ in length, and lines break elsewhere. */
async function format(root: string, before: Tree, after: Tree): Promise<Tree> {
  const changes = difference(before, after);
  const texts = await formatted(root, changes);
  return new Map([
    ...after,
    ...texts.flatMap(({ path, text }) => (text === null ? [] : [[path, text] as const])),
  ]);
}

function refuseTraces(traces: readonly string[]): void {
  if (traces.length === 0) return;
  throw new CliError(
    `Traces of the template, or of what goes, would be left:${listed(traces)}`,
    'Reword them, mark them with "only:", or list their files in scripts/lib/template/parts.ts. Nothing was written.',
  );
}
