import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Finding } from '../../scripts/lib/lint/finding.js';

/** Findings per file, each as "rule: message", sorted. */
export type FindingsByFile = Record<string, string[]>;

const CODE = /\.([cm]?[jt]s|[jt]sx)$/;
const CAUGHT = /^\/\/ caught by (?<rule>[\w/-]+)(?:, (?<times>\d+) times)?: (?<finding>.+)$/;

/** The canaries of a fixture tree: every file of code in it, relative to the tree's root. */
export function canariesIn(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && CODE.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

/**
 * What the canaries of a tree say must catch them. Their first lines are one of
 *
 *     // caught by <rule id>: <message>
 *     // caught by <rule id>, 3 times: <message>
 *     // caught by nothing
 *
 * @throws {Error} naming a file that says neither, since nobody could tell what it proves
 */
export function statedFindings(root: string): FindingsByFile {
  return Object.fromEntries(
    canariesIn(root).map((file) => [file, statedIn(readFileSync(join(root, file), 'utf8'), file)]),
  );
}

function statedIn(text: string, file: string): string[] {
  const lines = text.split('\n');
  if (lines[0] === '// caught by nothing') return [];
  const end = lines.findIndex((line) => !line.startsWith('// caught by '));
  const stated = lines.slice(0, end).flatMap((line) => {
    const { rule, times, finding } = CAUGHT.exec(line)?.groups ?? {};
    if (rule === undefined) throw new Error(`${file} has an unreadable line: ${line}`);
    return Array.from({ length: Number(times ?? 1) }, () => `${rule}: ${finding}`);
  });
  if (stated.length === 0) throw new Error(`${file} does not say what must catch it.`);
  return stated.sort();
}

/** What a guard found, beside the files that it must have seen. */
export function foundFindings(
  files: readonly string[],
  findings: readonly Finding[],
): FindingsByFile {
  const found: FindingsByFile = Object.fromEntries(files.map((file) => [file, []]));
  for (const { file, rule, message } of findings) (found[file] ??= []).push(`${rule}: ${message}`);
  for (const list of Object.values(found)) list.sort();
  return found;
}
