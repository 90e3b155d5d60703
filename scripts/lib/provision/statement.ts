import pg from 'pg';

/** One statement of a plan. It holds no password: `'…'` stands where one is filled in. */
export interface Statement {
  readonly sql: string;
  /** What it is for, in a few words. */
  readonly reason: string;
  /** The role whose password is filled in. */
  readonly passwordOf?: string;
  /** For CREATE DATABASE, which Postgres refuses inside a transaction. */
  readonly outsideTransaction?: true;
}

/** Where a statement's password goes. */
export const MASKED_PASSWORD = "PASSWORD '…'";

/** Quotes a name, so that a module may be called "order". */
export const name = pg.escapeIdentifier;

/** Quotes a value. */
export const literal = pg.escapeLiteral;

/** Quotes names, separated by commas. */
export const names = (list: Iterable<string>) => [...list].map(name).join(', ');
