import sql, { type Sql } from 'sql-template-tag';

/** How far a reader is behind a feed. */
export interface Behind {
  readonly events: number;
  /** Age of the oldest event that it has not read. */
  readonly seconds: number;
}

/** Runs one written statement as a module's role. */
export type Query = <Row extends object>(statement: Sql) => Promise<Row[]>;

/** How far one module is behind with one feed. */
export interface FeedLag extends Behind {
  readonly module: string;
  readonly feed: string;
  /** Events that were put aside. */
  readonly parked: number;
}

/** How many events lie behind a position of the module's own feed, and for how long. */
export async function behind(publisher: Query, position: number): Promise<Behind> {
  const [row] = await publisher<Behind>(
    sql`select events::float8 as events, seconds from feed_behind(${position})`,
  );
  return row as Behind;
}

/** How far a module is behind with a feed, whether or not anybody reads it at present. */
export async function feedLag(
  module: string,
  feed: string,
  hearer: Query,
  publisher: (position: number) => Promise<Behind>,
): Promise<FeedLag> {
  const [own] = await hearer<{ position: number; parked: number }>(sql`
    select coalesce((select position from cursor where feed = ${feed}), 0)::float8 as position,
      (select count(*) from parked where feed = ${feed})::int as parked`);
  const { position, parked } = own as { position: number; parked: number };
  return { module, feed, ...(await publisher(position)), parked };
}
