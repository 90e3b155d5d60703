import { deepEqual } from 'node:assert/strict';
import { CliError } from '../../../scripts/lib/cli.js';
import type pg from 'pg';
import type { Contestant } from '../pairs.js';
import { type Statements, statementsDuring, without } from '../statement-log.js';
import type { Wish } from '../wishes.js';

type Urls = Readonly<Record<Contestant, string>>;

/**
 * Sends one request to each and compares what Postgres logged, role by role and in order, and the
 * answers. A comparison with a server that does less is worth nothing.
 *
 * @param idle what the app asks without being asked
 * @throws {CliError} with the statements side by side
 */
export async function checkAlike(admin: pg.Client, urls: Urls, wish: Wish, idle: Statements) {
  const ours = await observe(admin, urls.ours, wish, idle);
  const theirs = await observe(admin, urls.theirs, wish, idle);
  const what = `${wish.method} ${wish.path}`;
  if (Object.values(ours.statements).flat().length === 0) {
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

async function observe(admin: pg.Client, url: string, wish: Wish, idle: Statements) {
  let answer: unknown;
  const statements = await statementsDuring(admin, async () => {
    const response = await fetch(url + wish.path, wish);
    const body = (await response.json()) as object;
    answer = { status: response.status, keys: Object.keys(body), body };
  });
  return { statements: without(statements, idle), answer };
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
