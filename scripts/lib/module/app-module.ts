import { CliError } from '../cli.js';
import { classPrefix } from './words.js';

/** The file that lists the modules of the monolith. */
export const APP_MODULE = 'src/app.module.ts';

const IMPORT = /^import \{ \w+Module \} from '\.\/modules\/(\w+)\/[\w.]+';\n/gm;
const LIST = /(\bMODULES\b[^=]*= \[)([^\]]*)(\])/;

const importOf = (name: string) =>
  `import { ${classPrefix(name)}Module } from './modules/${name}/${name}.module.js';\n`;

/**
 * Adds a module to the text of `src/app.module.ts`, its import among the others by name. Pure.
 *
 * @returns text that is still to be formatted
 * @throws {CliError} when the file no longer has the form that the template gave it
 */
export function withModule(text: string, name: string): string {
  const entries = listOf(text);
  const after = [...text.matchAll(IMPORT)].filter(([, other]) => (other as string) < name).at(-1);
  const at = after === undefined ? firstImport(text) : after.index + after[0].length;
  const imported = text.slice(0, at) + importOf(name) + text.slice(at);
  return withList(imported, [...entries, `${classPrefix(name)}Module`]);
}

/** Takes a module out of the text of `src/app.module.ts`. Pure; throws as `withModule` does. */
export function withoutModule(text: string, name: string): string {
  const entries = listOf(text).filter((entry) => entry !== `${classPrefix(name)}Module`);
  return withList(text.replace(importOf(name), ''), entries);
}

/** Before the others of its kind, or behind all imports. */
function firstImport(text: string): number {
  const first = text.search(/^import .* from '\.\/modules\//m);
  if (first >= 0) return first;
  const last = [...text.matchAll(/^import .*;\n/gm)].at(-1);
  return last === undefined ? 0 : last.index + last[0].length;
}

function listOf(text: string): string[] {
  const list = LIST.exec(text)?.[2];
  if (list === undefined) {
    throw new CliError(
      `"${APP_MODULE}" has no list of modules in the form "MODULES = [ … ]".`,
      'Give it that form again, or make the change by hand: one import, one line. See docs/adding-a-module.md',
    );
  }
  return list
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);
}

const withList = (text: string, entries: readonly string[]) =>
  text.replace(
    LIST,
    (_all, open: string, _list, close: string) => open + entries.join(', ') + close,
  );
