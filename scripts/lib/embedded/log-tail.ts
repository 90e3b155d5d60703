import { readFileSync, statSync } from 'node:fs';

/** Where the log ends now, in bytes; 0 when there is none. */
export const endOfLog = (log: string): number =>
  statSync(log, { throwIfNoEntry: false })?.size ?? 0;

/** At most the last 20 lines written since a position, indented to stand below a message. */
export function tailOf(log: string, since: number): string {
  const text = readFileSync(log).subarray(since).toString('utf8').trimEnd();
  return text === '' ? '    (the log is empty)' : indent(text);
}

/** At most the last 20 lines of a program's output, indented to stand below a message. */
export const indent = (text: string): string =>
  text
    .trimEnd()
    .split('\n')
    .slice(-20)
    .map((line) => `    ${line}`)
    .join('\n');
