import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from './project.js';

/** What one kind of request costs. */
export interface Cost {
  readonly request: string;
  /** Milliseconds until its answer, or until what it says. */
  readonly p50: number;
  /** Contract calls to other processes, what follows behind the answer included. */
  readonly calls: number;
  /** Requests that were passed on to other processes. */
  readonly proxied: number;
}

/** What became of the end-to-end suite with modules apart, and what requests cost then. */
export interface Rehearsal {
  readonly apart: readonly string[];
  readonly tests: number;
  /** Tests that pass at home and not apart, with what went wrong. */
  readonly different: readonly { readonly test: string; readonly message: string }[];
  readonly costs: readonly { readonly home: Cost; readonly apart: Cost }[];
}

const fileIn = (folder: string) => join(folder, 'rehearsal.json');

/** Keeps a rehearsal in the clone's own folder, in place of the one before it. */
export function keepRehearsal(rehearsal: Rehearsal, folder = dataFolder): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(fileIn(folder), JSON.stringify(rehearsal));
}

/** The last rehearsal of this clone; undefined before the first. */
export function lastRehearsal(folder = dataFolder): Rehearsal | undefined {
  try {
    return JSON.parse(readFileSync(fileIn(folder), 'utf8')) as Rehearsal;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A table of what each request costs at home and apart. */
export function describeCosts(costs: Rehearsal['costs']): string[] {
  const row = (request: string, ...[home, apart, calls, proxied]: string[]) =>
    `${request.padEnd(36)}${home?.padStart(10)}${apart?.padStart(10)}${calls?.padStart(8)}${proxied?.padStart(11)}`;
  return [
    row('', 'at home', 'apart', 'calls', 'passed on'),
    ...costs.map(({ home, apart }) =>
      row(
        home.request,
        `${home.p50.toFixed(1)} ms`,
        `${apart.p50.toFixed(1)} ms`,
        apart.calls.toFixed(1),
        apart.proxied.toFixed(1),
      ),
    ),
  ];
}
