import { printJson } from '../cli.js';

/** Takes a result, and the text that says it. */
export interface Tell {
  (value: unknown, text: string): void;
  /** Whether the value is what is printed. */
  readonly json?: boolean;
}

/** Results go to standard output, as JSON or as text. */
export const teller = (json: boolean): Tell =>
  Object.assign(
    (value: unknown, text: string) => (json ? printJson(value) : void process.stdout.write(text)),
    { json },
  );

/**
 * Lends what takes all results of one command: texts are told as they come, values as one array at
 * the end, since several would be no JSON. Those before a failure are told as well.
 */
export async function tellAll(tell: Tell, work: (tell: Tell) => Promise<void>): Promise<void> {
  if (!tell.json) return work(tell);
  const values: unknown[] = [];
  try {
    await work((value) => void values.push(value));
  } finally {
    tell(values, '');
  }
}
