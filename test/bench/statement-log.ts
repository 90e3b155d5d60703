import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { waitFor } from '../support/wait-for.js';

/** What each role ran, in order: how it was sent, and the text with its whitespace collapsed. */
export type Statements = Readonly<Record<string, readonly string[]>>;

interface Entry {
  readonly user?: string;
  readonly message?: string;
}

/** Switches the server's log of statements; sessions begun afterwards heed it. */
export async function logStatements(admin: pg.Client, which: 'all' | 'none'): Promise<void> {
  await admin.query(`alter system set log_statement = '${which}'`);
  await admin.query('select pg_reload_conf()');
  await waitFor(async () => {
    const { rows } = await admin.query<{ log_statement: string }>('show log_statement');
    return rows[0]?.log_statement === which;
  });
}

/**
 * The statements that the modules' roles ran while some work was done, as the server's own log
 * has them. Nobody else may be at work, and statements must be logged.
 */
export async function statementsDuring(
  admin: pg.Client,
  work: () => Promise<unknown>,
): Promise<Statements> {
  const [from, to] = [`mark ${randomUUID()}`, `mark ${randomUUID()}`];
  await admin.query(`select '${from}'`);
  await work();
  await admin.query(`select '${to}'`);
  // The log is written by a process of its own, which may be behind.
  const entries = await waitFor(() => between(admin, from, to));
  return Object.fromEntries(
    [...new Set(entries.map(({ user }) => user ?? ''))]
      .sort()
      .map((role) => [
        role,
        entries.filter(({ user }) => user === role).flatMap(({ message }) => statement(message)),
      ]),
  );
}

/** The statements whose texts do not stand among others. */
export function without(statements: Statements, others: Statements): Statements {
  const known = new Set(Object.values(others).flat());
  return Object.fromEntries(
    Object.entries(statements).map(([role, all]) => [role, all.filter((text) => !known.has(text))]),
  );
}

async function between(admin: pg.Client, from: string, to: string) {
  const { rows } = await admin.query<{ log: string }>(
    "select pg_read_file(pg_current_logfile('jsonlog')) as log",
  );
  const lines = (rows[0]?.log ?? '').split('\n');
  const first = lines.findIndex((line) => line.includes(from));
  const last = lines.findIndex((line) => line.includes(to));
  if (first < 0 || last < 0) return undefined;
  return lines.slice(first + 1, last).map((line) => JSON.parse(line) as Entry);
}

/** Prepared under a name or not is a difference; under which name is none. */
function statement(message = ''): string[] {
  const [, how, name, text] = /^(statement|execute) ?([^:]*): (.*)$/s.exec(message) ?? [];
  if (how === undefined || text === undefined) return [];
  const kind = how === 'statement' ? 'sent' : name === '<unnamed>' ? 'executed' : 'prepared';
  return [`${kind}: ${text.replaceAll(/\s+/g, ' ').trim()}`];
}
