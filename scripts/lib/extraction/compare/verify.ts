import { faultPoint } from '#platform/fault';
import {
  type Bucket,
  bucketsOf,
  type Checked,
  checkedTables,
  rowsOf,
  rowsWith,
} from './checksum.js';
import { CompareMeter, type CompareReport } from './compare-meter.js';
import type { Side } from '../sides/side.js';
import { sumOf } from './table-sizes.js';

/** Rows of a table that are not the same on both sides. */
export interface Mismatch {
  readonly table: string;
  /** Rows that one side lacks, or has otherwise. */
  readonly rows: number;
  /** The lowest and the highest of their keys, as texts. */
  readonly from: string;
  readonly to: string;
}

/** What a table held on the side that is written to, whatever the order of its rows. */
export interface Held {
  readonly rows: number;
  /** Sum of the rows' checksums, each of every column, as a decimal number. */
  readonly checksum: string;
}

/** What a comparison found. */
export interface Verification {
  readonly tables: number;
  /** Rows of the side that is written to. */
  readonly rows: number;
  /** By table; of tables that change while they are read, as of then. */
  readonly held: Readonly<Record<string, Held>>;
  readonly seconds: number;
  readonly mismatches: readonly Mismatch[];
  /** Rows that changed at each look, so that nobody can say; the exact comparison behind the fence can. */
  readonly undecided: number;
}

/** Two sides in the order in which rows travel. */
export interface Pair {
  readonly from: Side;
  readonly to: Side;
}

export interface CompareOptions {
  /**
   * For sides that go on changing: waits until what was committed on the source before the call is
   * on the other side. Without it the sides must stand still, as behind a fence or on pinned
   * snapshots; these are read one after the other, since everybody is at work again, on the same
   * machine perhaps.
   */
  readonly catchUp?: () => Promise<unknown>;
  readonly report?: CompareReport;
  /** Blocks of a table that are read at once. */
  readonly slice?: number;
}

/** How often rows that change all the time are read again. */
const ROUNDS = 20;
/** 64 MB, which take a few seconds. */
const SLICE = 8192;

/**
 * Compares every column of every row of two sides.
 *
 * @param names of the tables that hold rows
 */
export async function compare(
  sides: Pair,
  module: string,
  names: readonly string[],
  { catchUp, report = () => undefined, slice = SLICE }: CompareOptions = {},
): Promise<Verification> {
  const began = performance.now();
  const mismatches: Mismatch[] = [];
  const held: Record<string, Held> = {};
  let undecided = 0;
  const tables = await checkedTables(sides.from, module, names);
  const meter = await CompareMeter.of([sides.from, sides.to], module, tables, report);
  for (const table of tables) {
    await faultPoint('move.comparing');
    const read = (side: Side) => {
      const onRead = meter.onRead(side, table.name);
      return bucketsOf(side, module, table, { slice, onRead });
    };
    const [here, there] = catchUp
      ? await Promise.all([onSnapshot(sides.from, read), onSnapshot(sides.to, read)])
      : [await read(sides.from), await read(sides.to)];
    held[table.name] = heldIn(here);
    const keys = await differingKeys(sides, module, table, differingBuckets(here, there));
    const { wrong, open } = catchUp
      ? await settled(sides, module, table, keys, catchUp)
      : { wrong: keys, open: [] };
    if (wrong.length > 0) mismatches.push(mismatchOf(table, wrong));
    undecided += open.length;
    meter.tableDone();
  }
  const seconds = (performance.now() - began) / 1000;
  const rows = sumOf(Object.values(held).map((each) => each.rows));
  return { tables: tables.length, rows, held, seconds, mismatches, undecided };
}

/** Lends one view of a side that goes on changing. Should it fail, its session ends with the command. */
async function onSnapshot<T>(side: Side, read: (side: Side) => Promise<T>): Promise<T> {
  await side.client.query('begin isolation level repeatable read read only');
  const found = await read(side);
  await side.client.query('commit');
  return found;
}

const heldIn = (buckets: readonly Bucket[]): Held => ({
  rows: sumOf(buckets.map(({ count }) => count)),
  checksum: String(buckets.reduce((total, { sum }) => total + sum, 0n)),
});

function differingBuckets(here: readonly Bucket[], there: readonly Bucket[]): number[] {
  const text = ({ count, sum }: Bucket) => `${count} ${sum}`;
  const other = new Map(there.map((bucket) => [bucket.bucket, text(bucket)]));
  const buckets = new Set([...here, ...there].map(({ bucket }) => bucket));
  const own = new Map(here.map((bucket) => [bucket.bucket, text(bucket)]));
  return [...buckets].filter((bucket) => own.get(bucket) !== other.get(bucket));
}

async function differingKeys(
  { from, to }: Pair,
  module: string,
  table: Checked,
  buckets: readonly number[],
): Promise<string[]> {
  if (buckets.length === 0) return [];
  const [here, there] = await Promise.all([
    rowsOf(from, module, table, buckets),
    rowsOf(to, module, table, buckets),
  ]);
  return [...new Set([...here.keys(), ...there.keys()])].filter(
    (key) => here.get(key) !== there.get(key),
  );
}

/**
 * The keys whose rows really differ. A row that was the same on the source before the stream had
 * caught up and after the other side was read must be the same there; of others nothing is known
 * yet, and they are read again. A few may stay open, such as a heartbeat.
 */
async function settled(
  { from, to }: Pair,
  module: string,
  table: Checked,
  keys: readonly string[],
  catchUp: () => Promise<unknown>,
): Promise<{ wrong: readonly string[]; open: readonly string[] }> {
  const wrong: string[] = [];
  let open = [...keys];
  for (let round = 0; round < ROUNDS && open.length > 0; round += 1) {
    const before = await rowsWith(from, module, table, open);
    await catchUp();
    const there = await rowsWith(to, module, table, open);
    const after = await rowsWith(from, module, table, open);
    const differing = open.filter((key) => there.get(key) !== after.get(key));
    wrong.push(...differing.filter((key) => before.get(key) === after.get(key)));
    open = differing.filter((key) => before.get(key) !== after.get(key));
  }
  return { wrong, open };
}

function mismatchOf({ name }: Checked, keys: readonly string[]): Mismatch {
  const sorted = [...keys]
    .map((key) => (JSON.parse(key) as string[]).join(', '))
    .sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
  return {
    table: name,
    rows: keys.length,
    from: sorted[0] as string,
    to: sorted.at(-1) as string,
  };
}

/** Rows that differ, a line per table. */
export const describeMismatches = (mismatches: readonly Mismatch[]): string[] =>
  mismatches.map(
    ({ table, rows, from, to }) =>
      `"${table}": ${rows} row(s) differ, with keys from (${from}) to (${to})`,
  );
