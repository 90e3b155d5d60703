import { deepEqual } from 'node:assert/strict';
import { CliError } from '../../../scripts/lib/cli.js';
import type pg from 'pg';
import { type Statements, statementsDuring } from './statement-log.js';
import type { Wish } from './wishes.js';

/** Both servers, by URL. */
export interface Contestants {
  readonly app: string;
  readonly bare: string;
}

/**
 * Sends one request to each and compares what Postgres logged, role by role and in order, and the
 * answers. A comparison with a server that does less is worth nothing.
 *
 * @throws {CliError} with the statements side by side
 */
export async function checkAlike(admin: pg.Client, { app, bare }: Contestants, wish: Wish) {
  const [ours, theirs] = [await observe(admin, app, wish), await observe(admin, bare, wish)];
  const what = `${wish.method} ${wish.path}`;
  if (Object.keys(ours.statements).length === 0) {
    throw new CliError(`Postgres logged no statement of ${what}.`, 'Read statement-log.ts.', 2);
  }
  const roles = [...new Set([...Object.keys(ours.statements), ...Object.keys(theirs.statements)])];
  const differences = roles.flatMap((role) =>
    differenceOf(role, ours.statements, theirs.statements),
  );
  if (differences.length > 0) {
    throw new CliError(
      `For ${what}, the app and the bare server do not ask the same of Postgres:\n\n${differences.join('\n\n')}`,
      "Write the app's statements into test/bench/http/bare-statements.ts, and run them alike in bare-server.ts.",
    );
  }
  deepEqual(theirs.answer, ours.answer, `For ${what}, the answers differ.`);
}

async function observe(admin: pg.Client, url: string, wish: Wish) {
  let answer: unknown;
  const statements = await statementsDuring(admin, async () => {
    const response = await fetch(url + wish.path, wish);
    const body = (await response.json()) as object;
    // An order placed anew has an id and a time of its own.
    const own = wish.method === 'POST' ? { id: '', placedAt: '' } : {};
    answer = { status: response.status, keys: Object.keys(body), body: { ...body, ...own } };
  });
  return { statements, answer };
}

function differenceOf(role: string, ours: Statements, theirs: Statements): string[] {
  const [app, bare] = [ours[role] ?? [], theirs[role] ?? []];
  const length = Math.max(app.length, bare.length);
  return Array.from({ length }, (_, index) => index)
    .filter((index) => app[index] !== bare[index])
    .map(
      (index) =>
        `${role}, statement ${index + 1}:\n  app:  ${app[index] ?? '(none)'}\n  bare: ${bare[index] ?? '(none)'}`,
    );
}
