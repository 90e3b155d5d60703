import { hasAny, type Tree } from './tree.js';

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
 * The packages that files imported before and none imports after, with their types. What is used
 * otherwise, such as the compiler, was never imported and stays.
 */
export function unusedPackages(before: Tree, after: Tree): string[] {
  const { dependencies, devDependencies } = parsed(before);
  return Object.keys({ ...dependencies, ...devDependencies }).filter((name) => {
    const imported = name.replace('@types/', '');
    return isImported(before, imported) && !isImported(after, imported);
  });
}

function isImported(tree: Tree, name: string): boolean {
  const statement = new RegExp(`(?:from|import\\(?|require\\() ?['"]${name}['"/]`);
  return [...tree].some(([path, text]) => /\.[cm]?[jt]s$/.test(path) && statement.test(text));
}

/**
 * The text of package.json for the project: its own, without the commands whose files are gone.
 * Pure.
 *
 * @param unused packages to leave out
 */
export function projectPackage(tree: Tree, unused: readonly string[]): string {
  const file = own(parsed(tree));
  delete file.description;
  delete file.license;
  const idle = Object.entries(file.scripts ?? {}).filter(([, command]) =>
    runsNothing(tree, command),
  );
  return toText({
    ...file,
    scripts: omit(
      file.scripts,
      idle.map(([name]) => name),
    ),
    dependencies: omit(file.dependencies, unused),
    devDependencies: omit(file.devDependencies, unused),
  });
}

/** Whether a command names a file or a folder of the project that is not there. */
const runsNothing = (tree: Tree, command: string) =>
  [...command.matchAll(/\b(?:scripts|test)\/[\w./-]*/g)].some(([place]) => !hasAny(tree, place));

/**
 * The text of package-lock.json that agrees with it. What nobody needs, npm takes out itself.
 *
 * @param file the text of package.json
 */
export function projectLock(text: string, name: string, file: string): string {
  const lock = JSON.parse(text) as PackageFile & { packages: Record<string, PackageFile> };
  const { dependencies, devDependencies } = JSON.parse(file) as PackageFile;
  const root = {
    ...lock.packages[''],
    name,
    version: FIRST_VERSION,
    dependencies,
    devDependencies,
  };
  delete root.license;
  return toText({
    ...lock,
    name,
    version: FIRST_VERSION,
    packages: { ...lock.packages, '': root },
  });
}

const omit = (record: Record<string, string> = {}, keys: readonly string[]) =>
  Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));

const toText = (file: object) => `${JSON.stringify(file, null, 2)}\n`;
