import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CliError, listed } from '../cli.js';
import { applyChanges, draftOf, type FileChange, writeWhole } from '../file-plan.js';
import { dataFolder, rootFolder } from '../project.js';
import { type SourceMove, takeBackCommand } from './source-move.js';

/** What a source's move will have done, and how the files were before: noted before the first is touched. */
interface Journal {
  readonly move: SourceMove;
  /** By path, the digests of all files that are changed or removed. */
  readonly before: Readonly<Record<string, string>>;
}

const FILE = join(dataFolder, 'source-move.json');

/** Writes the new project and leaves the face here. Whoever is killed meanwhile is gone on for. */
export function carryOut(move: SourceMove): void {
  const before = Object.fromEntries(
    move.changes.flatMap(({ path }) => filesAt(path)).map((file) => [file, digestOf(file)]),
  );
  mkdirSync(dataFolder, { recursive: true });
  writeWhole(FILE, JSON.stringify({ move, before } satisfies Journal));
  apply(move);
}

/** The move of a source that was cut off half-way. */
export const cutOff = (): SourceMove | undefined => read()?.move;

/** Forgets a move that was cut off, and that git has taken back since. */
export function forgetIfTakenBack(): void {
  const journal = read();
  if (!journal?.move.changes.every(({ path }) => isAsBefore(journal, path))) return;
  for (const { path } of journal.move.changes) {
    rmSync(draftOf(join(rootFolder, path)), { force: true });
  }
  rmSync(FILE);
}

/**
 * Does the rest of a move that was cut off.
 *
 * @throws {CliError} naming what somebody has changed since
 */
export function goOn(): void {
  const journal = read();
  if (journal === undefined) return;
  refuseStrangeFiles(journal);
  apply(journal.move);
}

function apply({ changes }: SourceMove): void {
  applyChanges(rootFolder, changes);
  rmSync(FILE);
}

const read = (): Journal | undefined =>
  existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as Journal) : undefined;

/** Whether a path holds what it held, all of it and nothing else. */
function isAsBefore({ before }: Journal, path: string): boolean {
  const files = filesAt(path);
  const noted = Object.keys(before).filter((file) => file === path || isBelow(file, path));
  return files.length === noted.length && files.every((file) => digestOf(file) === before[file]);
}

/** @throws {CliError} unless each file is as it was, or as it is to be */
function refuseStrangeFiles({ move, before }: Journal): void {
  const strange = move.changes.flatMap((change) =>
    filesAt(change.path).filter(
      (file) => digestOf(file) !== before[file] && !isAsPlanned(file, change),
    ),
  );
  if (strange.length === 0) return;
  throw new CliError(
    `The source of "${move.module}" was on its way when its mover was killed. Since then somebody has changed:${listed(strange)}`,
    `Keep what you need of that elsewhere, and take it all back: ${takeBackCommand(move)}`,
  );
}

const isAsPlanned = (file: string, { text }: FileChange) =>
  text !== null && readFileSync(join(rootFolder, file), 'utf8') === text;

const isBelow = (file: string, path: string) => path.endsWith('/') && file.startsWith(path);

const digestOf = (file: string) =>
  createHash('sha256')
    .update(readFileSync(join(rootFolder, file)))
    .digest('hex');

/** The file of a path, or all below a folder; none where nothing is. */
function filesAt(path: string): string[] {
  const found = statSync(join(rootFolder, path), { throwIfNoEntry: false });
  if (found === undefined) return [];
  if (!found.isDirectory()) return [path];
  const entries = readdirSync(join(rootFolder, path), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(rootFolder.length + 1));
}
