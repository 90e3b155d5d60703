import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Words that Postgres or the platform already use for a schema, or for a route. */
const RESERVED = ['platform', 'public', 'postgres', 'internal'];

const moduleName = z
  .string()
  .regex(/^[a-z][a-z0-9]{1,29}$/, 'must be one word of 2 to 30 lower-case letters and digits')
  .refine((name) => !RESERVED.includes(name) && !name.startsWith('pg'), 'is a reserved word');

const route = z
  .string()
  .regex(/^[A-Z]+ \/\S*$/, 'must be a method and a path, such as "GET /notes/:id"');

const manifestSchema = z
  .strictObject({
    name: moduleName,
    calls: z.array(moduleName),
    hears: z.array(moduleName),
    /** Its inside is in another project; here is its face. */
    remote: z.literal(true).optional(),
    /** Of a remote module, where that project is: a folder below this one, or an address. */
    source: z.string().min(1).optional(),
    /** Of a remote module, the public routes that are passed on to it. */
    routes: z.array(route).optional(),
  })
  .superRefine(({ remote, source, routes }, context) => {
    for (const [field, value] of Object.entries({ source, routes })) {
      if (remote || value === undefined) continue;
      const message = 'is only for a module that is "remote"';
      context.addIssue({ code: 'custom', path: [field], message });
    }
  });

/** What a module is, whom it calls and whom it hears: the contents of its `module.json`. */
export type Manifest = z.infer<typeof manifestSchema>;

/** Every fault of a set of manifests, reported at once. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';

  constructor(readonly faults: readonly string[]) {
    super(
      `The module manifests have ${faults.length} fault(s):\n` +
        faults.map((fault) => `  - ${fault}`).join('\n') +
        '\nCorrect the module.json files named above. See docs/adding-a-module.md',
    );
  }
}

/**
 * Reads `<folder>/<module>/module.json` of every module and validates them as a set.
 *
 * @param folder absolute path of the folder that holds the module folders
 * @returns the manifests, sorted by name
 * @throws {ManifestError} naming every fault found
 */
export function readManifests(folder: string): Manifest[] {
  const faults: string[] = [];
  const entries = readdirSync(folder)
    .filter((entry) => statSync(join(folder, entry)).isDirectory())
    .sort();
  const manifests = entries.flatMap((entry) => parseManifest(folder, entry, faults));
  faults.push(...faultsOfSet(manifests, entries));
  if (faults.length > 0) throw new ManifestError(faults);
  return manifests;
}

function parseManifest(folder: string, entry: string, faults: string[]): Manifest[] {
  const where = `${entry}/module.json`;
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(join(folder, entry, 'module.json'), 'utf8'));
  } catch (error) {
    faults.push(`${where}: ${isMissing(error) ? 'is missing' : (error as Error).message}`);
    return [];
  }
  const parsed = manifestSchema.safeParse(raw);
  if (!parsed.success) {
    faults.push(...faultsOfManifest(raw).map((fault) => `${where}: ${fault}`));
    return [];
  }
  if (parsed.data.name !== entry) {
    faults.push(
      `${where}: name is "${parsed.data.name}", the folder is "${entry}": make them equal`,
    );
  }
  return [parsed.data];
}

/** The faults that one manifest has by itself, whatever the others say. */
export function faultsOfManifest(raw: unknown): string[] {
  const { error } = manifestSchema.safeParse(raw);
  return (error?.issues ?? []).map((issue) => {
    const found = issue.path.reduce<unknown>((at, key) => (at as never)?.[key], raw);
    const field = issue.path.join('.') || 'the manifest';
    return `${field} ${found === undefined ? '' : `${JSON.stringify(found)} `}${issue.message}`;
  });
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

/**
 * The faults that only show when all manifests are seen together: unknown, repeated or
 * self-directed targets, and cycles of calls. Hearing may point both ways and is no cycle.
 *
 * @param known the names that there are, when some of the manifests could not be read
 */
export function faultsOfSet(
  manifests: readonly Manifest[],
  known: readonly string[] = manifests.map(({ name }) => name),
): string[] {
  const names = new Set(known);
  const faults = manifests.flatMap((manifest) =>
    (['calls', 'hears'] as const).flatMap((list) =>
      manifest[list].flatMap((target, index) => {
        const where = `${manifest.name}/module.json: ${list} "${target}"`;
        if (target === manifest.name) return [`${where} is the module itself`];
        if (!names.has(target)) return [`${where}, but there is no module of that name`];
        return manifest[list].indexOf(target) < index ? [`${where} twice`] : [];
      }),
    ),
  );
  faults.push(
    ...findCycles(manifests).map(
      (cycle) =>
        `the calls ${cycle.join(' -> ')} form a cycle: let one of them hear an event instead of calling`,
    ),
  );
  return faults;
}

/** A cycle of each group of modules that call each other in a circle. */
function findCycles(manifests: readonly Manifest[]): string[][] {
  const calls = new Map(manifests.map((manifest) => [manifest.name, manifest.calls]));
  const finished = new Set<string>();
  const visit = (name: string, path: string[]): string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (finished.has(name)) return undefined;
    for (const target of calls.get(name) ?? []) {
      const cycle = target === name ? undefined : visit(target, [...path, name]);
      if (cycle) return cycle;
    }
    finished.add(name);
    return undefined;
  };
  return manifests.flatMap(({ name }) => {
    const cycle = visit(name, []);
    cycle?.forEach((member) => finished.add(member));
    return cycle ? [cycle] : [];
  });
}
