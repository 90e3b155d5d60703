import { callItself } from '../sides/at-work.js';
import type { Checked } from './checksum.js';
import type { Side } from '../sides/side.js';
import { sumOf, tableSizes } from './table-sizes.js';

/** How far a comparison has come. */
export interface CompareProgress {
  /** Tables, and those that were compared. */
  readonly tables: number;
  readonly done: number;
  /** Bytes of the tables on both sides, without indexes, and of those that were read. */
  readonly bytes: number;
  readonly compared: number;
  /** Rows that were read, of both sides. */
  readonly rows: number;
}

/** Is told how far a comparison has come, and waited for. */
export type CompareReport = (progress: CompareProgress) => void | Promise<void>;

/** Adds up what a comparison has read. */
export class CompareMeter {
  private done = 0;
  private compared = 0;
  private rows = 0;

  private constructor(
    private readonly module: string,
    private readonly tables: number,
    private readonly sizes: ReadonlyMap<Side, ReadonlyMap<string, number>>,
    private readonly report: CompareReport,
  ) {}

  static async of(
    sides: readonly Side[],
    module: string,
    tables: readonly Checked[],
    report: CompareReport,
  ): Promise<CompareMeter> {
    const names = tables.map(({ name }) => name);
    const sizes = new Map<Side, ReadonlyMap<string, number>>();
    for (const side of sides) sizes.set(side, await tableSizes(side, module, names));
    return new CompareMeter(module, tables.length, sizes, report);
  }

  /** Takes what was read of a table on a side: which part of it, and how many rows. */
  onRead(side: Side, table: string): (part: number, rows: number) => Promise<void> {
    const size = this.sizes.get(side)?.get(table) ?? 0;
    return async (part, rows) => {
      this.compared += part * size;
      this.rows += rows;
      const { compared, bytes } = this.progress();
      const percent = Math.floor((100 * compared) / (bytes || 1));
      await callItself(side, this.module, `compares, ${percent} % done`);
      // As of now, since the other side may have been read on meanwhile.
      await this.report(this.progress());
    };
  }

  tableDone(): void {
    this.done += 1;
  }

  private progress(): CompareProgress {
    const { tables, done, compared, rows } = this;
    const bytes = sumOf([...this.sizes.values()].flatMap((sizes) => [...sizes.values()]));
    return { tables, done, bytes, compared: Math.min(compared, bytes), rows };
  }
}
