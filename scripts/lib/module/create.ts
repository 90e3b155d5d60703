import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Manifest } from '#platform/manifest';
import { type FileChange, formatted } from '../file-plan.js';
import { moduleMap, moduleMapFile } from '../lint/module-map.js';
import { APP_MODULE, withModule } from './app-module.js';
import { FAKES_LIST, fakesList } from './fakes-list.js';
import { refuseToCreate } from './refusals.js';
import type { Source } from './source.js';
import { classPrefix, fakeOf, filesNaming, PLACEHOLDER } from './words.js';

/** What is to be written, and what a person should know. */
export interface CreatePlan {
  readonly changes: readonly FileChange[];
  readonly notes: readonly string[];
}

/** The texts of a new module, at the paths that they will have; `__name__` is the module's word. */
const templateFolder = fileURLToPath(new URL('files', import.meta.url));

/**
 * Works out everything that a new module takes. Writes nothing.
 *
 * @param now the time that the first migration carries
 * @throws {CliError} naming every fault of the manifest, and everything that is in the way
 */
export async function planModule(
  source: Source,
  manifest: Manifest,
  now = new Date(),
): Promise<CreatePlan> {
  refuseToCreate(source, manifest);
  const fill = filler(manifest, now);
  const changes = readTemplate().map(({ path, text }) => ({ path: fill(path), text: fill(text) }));
  const appModule = withModule(source.files.get(APP_MODULE) ?? '', manifest.name);
  const placeholder = source.files.has(PLACEHOLDER) ? [{ path: PLACEHOLDER, text: null }] : [];
  return {
    changes: await formatted(source.root, [
      ...changes,
      { path: APP_MODULE, text: appModule },
      { path: FAKES_LIST, text: fakesList([...source.files.keys(), fakeOf(manifest.name)]) },
      { path: moduleMapFile, text: moduleMap([...source.manifests, manifest]) },
      ...placeholder,
    ]),
    notes: noteOnWord(manifest.name, filesNaming(manifest.name, source.files)),
  };
}

const readTemplate = () =>
  readdirSync(templateFolder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.txt'))
    .sort()
    .map((path) => ({
      path: path.replace(/\.txt$/, ''),
      text: readFileSync(join(templateFolder, path), 'utf8'),
    }));

function filler({ name, calls, hears }: Manifest, now: Date): (text: string) => string {
  const values: Record<string, string> = {
    name,
    Name: classPrefix(name),
    stamp: now.toISOString().replaceAll(/\D/g, '').slice(0, 14),
    calls: JSON.stringify(calls),
    hears: JSON.stringify(hears),
    called: inWords(calls),
    heard: inWords(hears),
  };
  return (text) =>
    text.replaceAll(/__([a-zA-Z]+)__/g, (whole, key: string) => values[key] ?? whole);
}

const inWords = (modules: readonly string[]) =>
  modules.length === 0 ? 'nobody' : modules.map((name) => `\`${name}\``).join(', ');

function noteOnWord(name: string, paths: readonly string[]): string[] {
  if (paths.length === 0) return [];
  const first = paths.slice(0, 5).join(', ');
  const rest = paths.length > 5 ? ` and ${paths.length - 5} more` : '';
  return [`One word per module: searching for "${name}" also finds ${first}${rest}.`];
}
