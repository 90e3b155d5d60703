import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Payment } from '../../../scripts/lib/payment-provider/books.js';
import type { TestPaymentProvider } from '../payment-provider.js';
import type { TestApp } from '../test-app.js';

/** A row of any table, with its columns' own names. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- rows of every table
export type Row = Record<string, any>;

/** Where a shop keeps what it knows, and one of its processes, which is asked for the reports. */
export interface Shop {
  readonly modules: readonly string[];
  /** Runs a statement as a module's owner: not as a superuser, whom not every server lets us be. */
  sql<R extends object>(module: string, text: string): Promise<R[]>;
  readonly provider: TestPaymentProvider;
  readonly mailFolder: string;
  readonly send: TestApp['send'];
}

/** All that a shop has written down, in whatever place. */
export class Ledger {
  private constructor(
    private readonly tables: ReadonlyMap<string, readonly Row[]>,
    readonly payments: readonly Payment[],
    /** Each mail's Message-ID, by its file's name. */
    readonly mails: ReadonlyMap<string, string>,
    readonly modules: readonly string[],
  ) {}

  static async read(shop: Shop): Promise<Ledger> {
    const { modules, provider, mailFolder } = shop;
    const tables = await Promise.all(modules.map((module) => tablesOf(shop, module)));
    const { payments } = await provider.books();
    return new Ledger(new Map(tables.flat()), payments, readMails(mailFolder), modules);
  }

  rows(table: `${string}.${string}`): readonly Row[] {
    return this.tables.get(table) ?? [];
  }

  /** Rows by the value of a column. */
  by(table: `${string}.${string}`, column: string): Map<string, Row[]> {
    const groups = new Map<string, Row[]>();
    for (const row of this.rows(table)) {
      groups.set(row[column], [...(groups.get(row[column]) ?? []), row]);
    }
    return groups;
  }

  get confirmed(): Row[] {
    return this.rows('orders.orders').filter(({ status }) => status === 'confirmed');
  }
}

/** All tables of a module, in one statement and so as of one time. */
async function tablesOf(shop: Shop, module: string): Promise<[string, Row[]][]> {
  const names = await shop.sql<{ name: string }>(
    module,
    `select relname as name from pg_class
     where relnamespace = '${module}'::regnamespace and relkind = 'r' and relname not like '\\_%'`,
  );
  const columns = names.map(
    ({ name }) => `(select coalesce(json_agg(t), '[]') from ${module}."${name}" t) as "${name}"`,
  );
  const [row] = await shop.sql<Record<string, Row[]>>(module, `select ${columns.join()}`);
  return Object.entries(row ?? {}).map(([name, rows]) => [`${module}.${name}`, rows]);
}

function readMails(folder: string): Map<string, string> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.eml'));
  const messageId = (file: string) =>
    /^message-id:\s*(<\S+>)/im.exec(readFileSync(join(folder, file), 'utf8'))?.[1] ?? 'none';
  return new Map(files.map((file) => [file, messageId(file)]));
}
