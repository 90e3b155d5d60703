import sql from 'sql-template-tag';
import type { ModuleDatabase, PrismaLike } from '../database/module-database.js';
import type { Envelope } from './event.js';
import { type Behind, behind } from './lag.js';

/** Where a module's feed is read from. */
export interface FeedSource {
  /** The module that publishes. */
  readonly module: string;
  /** Whether a read that finds nothing has waited for news, so that the next may follow at once. */
  readonly waits: boolean;
  /** Up to `most` events behind a position, in order; their data as it was stored. */
  read(after: number, most: number, signal?: AbortSignal): Promise<Envelope[]>;
  /** @returns ends the subscription */
  onHint(listener: () => void): () => void;
  behind(position: number): Promise<Behind>;
}

interface Row {
  position: number;
  id: string;
  type: string;
  subject: string;
  time: Date;
  data: unknown;
  traceparent: string | null;
}

/** The feed of a module that this process hosts, read through that module's own database. */
export class LocalFeed implements FeedSource {
  readonly module: string;
  readonly waits = false;

  constructor(private readonly database: ModuleDatabase<PrismaLike>) {
    this.module = database.module;
  }

  async read(after: number, most: number): Promise<Envelope[]> {
    const rows = await this.database.query<Row>(sql`
      select position::float8 as position, id, type, subject, time, data, traceparent
      from read_feed(${after}, ${most})`);
    return rows.map(({ time, traceparent, ...row }) => ({
      specversion: '1.0',
      source: `/${this.module}`,
      datacontenttype: 'application/json',
      time: time.toISOString(),
      ...row,
      ...(traceparent !== null && { traceparent }),
    }));
  }

  onHint(listener: () => void): () => void {
    return this.database.feed.subscribe(listener);
  }

  behind(position: number): Promise<Behind> {
    return behind((statement) => this.database.query(statement), position);
  }
}
