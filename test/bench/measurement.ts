/** One figure of a bench. */
export interface Measurement {
  readonly bench: string;
  readonly metric: string;
  readonly value: number;
  /** "s", "ms", "µs", "1/s", or "" for a ratio. */
  readonly unit: string;
  /** How many runs (of a ratio: pairs of runs) the value is the median of. */
  readonly runs: number;
  readonly note: string;
}

/** A bench: its name on the command line, and how its figures come about. */
export interface Bench {
  readonly name: string;
  /** What is measured, in a paragraph for docs/benchmarks.md. */
  readonly about: string;
  measure(): Promise<Measurement[]>;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (low === undefined || high === undefined) throw new Error('nothing was measured');
  return (low + high) / 2;
}

/** The value that a share of the values, from 0 to 1, does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

/** A function that makes measurements of a bench from the values of several runs. */
export const measurementsOf =
  (bench: string) =>
  (metric: string, unit: string, values: readonly number[], remark = ''): Measurement => {
    const spread = `${rounded(Math.min(...values))} to ${rounded(Math.max(...values))}`;
    const note = [spread, remark].filter(Boolean).join('; ');
    return { bench, metric, value: rounded(median(values)), unit, runs: values.length, note };
  };

/** Three significant digits, and whole numbers whole. */
const rounded = (value: number) =>
  Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));

/** Says on standard error how far a bench is; standard output is for the figures. */
export const progress = (text: string): void => void process.stderr.write(`${text}\n`);
