import { type Client } from 'pg';
import { HISTORY_TABLES } from './migration-list.js';

const PRIVILEGES = 'INSERT, UPDATE, DELETE, TRUNCATE';

/** Whether the login role can only read the history tables that there are. */
export async function historyIsGuarded(client: Client, loginRole: string): Promise<boolean> {
  return (await writable(client, loginRole)).length === 0;
}

/** Takes from the login role what default privileges gave it on the history tables. */
export async function guardHistory(client: Client, loginRole: string): Promise<void> {
  const tables = await writable(client, loginRole);
  if (tables.length === 0) return;
  const role = client.escapeIdentifier(loginRole);
  await client.query(`REVOKE ${PRIVILEGES} ON ${tables.join(', ')} FROM ${role}`);
}

async function writable(client: Client, loginRole: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT name FROM unnest($1::text[]) AS name
      WHERE has_table_privilege($2, to_regclass(name)::oid, $3)`,
    [HISTORY_TABLES, loginRole, PRIVILEGES],
  );
  return rows.map((row) => row.name);
}
