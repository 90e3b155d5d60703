import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import * as prettier from 'prettier';

/** What becomes of one path: its new text, or `null` when it goes. A path ending in "/" is a folder. */
export interface FileChange {
  readonly path: string;
  readonly text: string | null;
}

/**
 * Formats the texts of a plan as `npm run format` would.
 *
 * @param root absolute path of the folder that the paths are below
 */
export const formatted = (root: string, changes: readonly FileChange[]): Promise<FileChange[]> =>
  Promise.all(
    changes.map(async ({ path, text }) => {
      if (text === null) return { path, text };
      const filepath = join(root, path);
      const ignorePath = join(root, '.prettierignore');
      const { ignored, inferredParser } = await prettier.getFileInfo(filepath, { ignorePath });
      if (ignored || inferredParser === null) return { path, text };
      const options = await prettier.resolveConfig(filepath);
      return { path, text: await prettier.format(text, { ...options, filepath }) };
    }),
  );

/** A plan as lines to read: everything that `applyChanges` does, in its order. */
export const describeChanges = (root: string, changes: readonly FileChange[]): string[] =>
  changes.map(({ path, text }) => {
    if (text === null) return `remove ${path}`;
    return `${existsSync(join(root, path)) ? 'change' : 'create'} ${path}`;
  });

/**
 * Carries out a plan, or what is left of one. A file that is there keeps its mode.
 *
 * @throws the file system's error
 */
export function applyChanges(root: string, changes: readonly FileChange[]): void {
  for (const { path, text } of changes) {
    const file = join(root, path);
    if (text === null) {
      rmSync(file, { recursive: true, force: true });
    } else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
      mkdirSync(dirname(file), { recursive: true });
      writeWhole(file, text);
    }
  }
}

/** Writes a file so that nobody ever finds a part of it, whoever is killed meanwhile. */
export function writeWhole(file: string, text: string): void {
  const draft = draftOf(file);
  writeFileSync(draft, text);
  const mode = statSync(file, { throwIfNoEntry: false })?.mode;
  if (mode !== undefined) chmodSync(draft, mode);
  renameSync(draft, file);
}

/** What whoever was killed may have left beside a file. */
export const draftOf = (file: string): string => `${file}.draft`;
