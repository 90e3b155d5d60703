import type { ClientBase } from 'pg';
import type { Sql } from 'sql-template-tag';
import { isAllowed } from './allowed.js';
import type { AuditRecord, Expectation, Finding } from './finding.js';
import { levelOf, whyOf } from './rules.js';
import { auditStatement, type Row } from './statement.js';

/**
 * Compares the whole catalog of one database with what it should be.
 *
 * @param client lies in a transaction as `readCatalog` makes it; any role that may connect will do
 * @param records what was put there on purpose: findings that they explain say so
 */
export async function auditCatalog(
  client: ClientBase,
  expectation: Expectation,
  records: readonly AuditRecord[] = [],
): Promise<Finding[]> {
  const { text, values } = auditStatement(expectation);
  const { rows } = await client.query<Row>({ name: 'audit', text, values });
  return rows.filter(isDrift).map((row) => findingOf(row, records));
}

/** Of the same findings, those that let a login role out of its schema; read by the role itself. */
export async function auditReach(
  read: (statement: Sql) => Promise<Row[]>,
  expectation: Expectation,
): Promise<Finding[]> {
  const rows = await read(auditStatement(expectation, 'reach'));
  return rows.filter(isDrift).map((row) => findingOf(row, []));
}

const isDrift = ({ subject_kind, subject }: Row) => !isAllowed(subject_kind, subject);

function findingOf(row: Row, records: readonly AuditRecord[]): Finding {
  const { rule, what, place: where, repair, modules } = row;
  const record = records.find((each) => each.rule === rule && each.where === where);
  return {
    rule,
    level: levelOf(rule),
    what,
    where,
    why: whyOf(rule),
    repair,
    modules: [...modules].sort(),
    explainedBy: record?.name ?? null,
  };
}

/**
 * Lends a connection for reading the catalog: one snapshot, nothing can be written, and names are
 * printed in full. No compiling either: it would take longer than the statement.
 */
export async function readCatalog<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query(
    `begin isolation level repeatable read read only; set local search_path = pg_catalog;
     set local jit = off; set local enable_nestloop = off; set local statement_timeout = '60s'`,
  );
  try {
    return await work();
  } finally {
    await client.query('rollback');
  }
}
