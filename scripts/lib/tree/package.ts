import type { Tree } from './tree.js';

interface PackageFile {
  name: string;
  version: string;
  description?: string;
  license?: string;
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  [field: string]: unknown;
}

/** What generated clients import, which are no files of the project. */
const GENERATED_FOR = '@prisma/client';

const FIRST_VERSION = '0.1.0';

/** Fields in the order in which a reader looks for them; `templateVersion` says where it came from. */
const own = ({ name, version, ...rest }: PackageFile): PackageFile => ({
  name,
  version: FIRST_VERSION,
  templateVersion: version,
  ...rest,
});

const parsed = (tree: Tree) => JSON.parse(tree.get('package.json') ?? '{}') as PackageFile;

/** The names of the project's `npm run` commands. */
export const commandsOf = (tree: Tree) => Object.keys(parsed(tree).scripts ?? {});

/**
 * The packages that files imported before and none names after, with their types. What commands
 * run stays, and so does what is used otherwise, such as the compiler: it was never imported.
 */
export function unusedPackages(before: Tree, after: Tree): string[] {
  const { dependencies, devDependencies, scripts } = parsed(before);
  const commands = Object.values(scripts ?? {});
  return Object.keys({ ...dependencies, ...devDependencies }).filter((name) => {
    const imported = name.replace('@types/', '');
    const isRun = commands.some((command) => command.split(/[\s"]+/).includes(name));
    if (isRun || GENERATED_FOR === name) return false;
    return isImported(before, imported) && !isNamed(after, imported);
  });
}

const isImported = (tree: Tree, name: string) =>
  isIn(tree, new RegExp(`(?:from|import\\(?|require\\() ?['"]${name}['"/]`));

/** Also where it is only looked for. */
const isNamed = (tree: Tree, name: string) => isIn(tree, new RegExp(`['"]${name}['"/]`));

const isIn = (tree: Tree, pattern: RegExp) =>
  [...tree].some(([path, text]) => /\.[cm]?[jt]s$/.test(path) && pattern.test(text));

/**
 * The text of package.json for the project: its own, without the commands whose files are gone.
 * Pure.
 *
 * @param unused packages to leave out
 */
export function projectPackage(tree: Tree, unused: readonly string[]): string {
  const file = own(trimmed(tree, unused));
  delete file.description;
  delete file.license;
  return toText(file);
}

/** The text of package.json with another description, and otherwise trimmed the same way. Pure. */
export const describedPackage = (tree: Tree, unused: readonly string[], description: string) =>
  toText({ ...trimmed(tree, unused), description });

/** The text of package.json without the commands whose files are gone. Pure. */
export const runnablePackage = (tree: Tree) => toText(trimmed(tree, []));

function trimmed(tree: Tree, unused: readonly string[]): PackageFile {
  const file = parsed(tree);
  const idle = Object.entries(file.scripts ?? {}).filter(([, command]) =>
    runsNothing(tree, command),
  );
  return {
    ...file,
    scripts: omit(
      file.scripts,
      idle.map(([name]) => name),
    ),
    dependencies: omit(file.dependencies, unused),
    devDependencies: omit(file.devDependencies, unused),
  };
}

/** Whether a command names a file of the project that is not there, or a pattern that none there fits. */
const runsNothing = (tree: Tree, command: string) =>
  [...command.matchAll(/\b(?:scripts|test)\/[^\s'"]*/g)].some(([place]) => !isThere(tree, place));

const SIGNS: Readonly<Record<string, string>> = { '.': '\\.', '*': '[^/]*', '**/': '(?:.*/)?' };

function isThere(tree: Tree, pattern: string): boolean {
  const fitting = new RegExp(
    `^${pattern.replaceAll(/\*\*\/|[.*]/g, (sign) => SIGNS[sign] as string)}$`,
  );
  return [...tree.keys()].some((path) => fitting.test(path));
}

/**
 * The text of package-lock.json that agrees with it. What nobody needs, npm takes out itself.
 *
 * @param text of the package-lock.json to change
 * @param file the text of package.json
 */
export function projectLock(text: string, name: string, file: string): string {
  const lock = JSON.parse(text) as PackageFile & { packages: Record<string, PackageFile> };
  const { version, license, dependencies, devDependencies } = JSON.parse(file) as PackageFile;
  const root = { ...lock.packages[''], name, version, license, dependencies, devDependencies };
  return toText({ ...lock, name, version, packages: { ...lock.packages, '': root } });
}

const omit = (record: Record<string, string> = {}, keys: readonly string[]) =>
  Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));

const toText = (file: object) => `${JSON.stringify(file, null, 2)}\n`;
