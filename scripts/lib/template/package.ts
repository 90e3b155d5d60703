import { PACKAGE_ONLY } from './parts.js';

interface PackageFile {
  name: string;
  version: string;
  description?: string;
  license?: string;
  scripts?: Record<string, string>;
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

/** The text of package.json for the project: its own, without what was the template's. Pure. */
export function projectPackage(text: string): string {
  const file = own(JSON.parse(text) as PackageFile);
  delete file.description;
  delete file.license;
  return toText({
    ...file,
    scripts: omit(file.scripts, PACKAGE_ONLY.scripts),
    devDependencies: omit(file.devDependencies, PACKAGE_ONLY.devDependencies),
  });
}

/** The text of package-lock.json that agrees with it. What nobody needs, npm takes out itself. */
export function projectLock(text: string, name: string): string {
  const lock = JSON.parse(text) as PackageFile & { packages: Record<string, PackageFile> };
  const root = { ...(lock.packages[''] as PackageFile), name, version: FIRST_VERSION };
  delete root.license;
  root.devDependencies = omit(root.devDependencies, PACKAGE_ONLY.devDependencies);
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
