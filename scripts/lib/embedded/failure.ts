import { readFileSync, statSync } from 'node:fs';

/**
 * Why the embedded server cannot run. The keeper sends it to its clients, who raise it as a
 * CliError: the keeper itself stays free of everything that a terminal needs.
 */
export class ServerFailure extends Error {
  override readonly name = 'ServerFailure';

  /**
   * @param fact what was found, with the end of the log where that tells more
   * @param remedy the next thing to do
   */
  constructor(
    fact: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(fact, options);
  }

  /** Any error as a failure: what nobody foresaw keeps its message, and points to the log. */
  static from(error: unknown, log: string): ServerFailure {
    if (error instanceof ServerFailure) return error;
    const { message, code } = error as NodeJS.ErrnoException;
    return new ServerFailure(
      `The embedded Postgres could not be started: ${message}`,
      remedyForCode(code) ?? `Read ${log}, or set DATABASE_URL to a server of your own.`,
      { cause: error },
    );
  }
}

const FREE_SPACE = 'The disk is full: free some space and try again.';

function remedyForCode(code: string | undefined): string | undefined {
  if (code === 'ENOSPC') return FREE_SPACE;
  if (code !== 'EACCES' && code !== 'EPERM') return undefined;
  return 'Run as the user who made that file (root, perhaps), or remove it with its folder.';
}

/** The remedy that suits what Postgres wrote. */
export function remedyFor(output: string): string {
  if (/no space left on device/i.test(output)) return FREE_SPACE;
  if (/error while loading shared libraries|cannot execute|ENOENT/.test(output)) {
    return 'These binaries do not run on this machine: set DATABASE_URL to a server of your own.';
  }
  if (/user does not exist/.test(output)) {
    return 'Give this user a name in /etc/passwd, or set DATABASE_URL to a server of your own.';
  }
  return 'Mend what the output names, or set DATABASE_URL to a server of your own.';
}

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
