/** A module's word as a class prefix: "notes" is "Notes". */
export const classPrefix = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

/** Git keeps no empty folder, and the manifests are looked for in this one. */
export const PLACEHOLDER = 'src/modules/.gitkeep';

/** The file that stands in for a module, where tests need it around and its inside is elsewhere. */
export const fakeOf = (name: string) => `test/fakes/${name}.ts`;

/** The three places that a module has to itself, as folders below the root. */
export const foldersOf = (name: string) =>
  [`src/modules/${name}/`, `prisma/${name}/`, `test/modules/${name}/`] as const;

/** Whether a path is in one of a module's own folders, or is its fake. */
export const isOwn = (name: string, path: string) =>
  path === fakeOf(name) || foldersOf(name).some((folder) => path.startsWith(folder));

/** The other files in which a word stands by itself, or as the prefix of a class. */
export const filesNaming = (name: string, files: ReadonlyMap<string, string>): string[] => {
  const word = new RegExp(`(?<![A-Za-z0-9])${name}(?![A-Za-z0-9])`, 'i');
  const prefix = new RegExp(`\\b${classPrefix(name)}(?=[A-Z])`);
  return [...files]
    .filter(([path]) => !isOwn(name, path) && path !== 'package-lock.json')
    .filter(([, text]) => word.test(text) || prefix.test(text))
    .map(([path]) => path);
};
