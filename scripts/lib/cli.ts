import { Command, InvalidArgumentError } from 'commander';
import { describeStartFailure } from '#platform/start-failure';

/** A failure that the person at the terminal can mend: what is so, and what to do about it. */
export class CliError extends Error {
  override readonly name = 'CliError';

  /**
   * @param fact what was found, and what was expected, in quotes where they are values
   * @param remedy the next thing to do, as a command where there is one
   * @param exitCode 1 for a refusal or a finding, 2 when the command could not look at all
   */
  constructor(
    fact: string,
    readonly remedy: string,
    readonly exitCode = 1,
    options?: ErrorOptions,
  ) {
    super(fact, options);
  }
}

/**
 * A command named as in package.json, so that its help shows what the user types. With arguments
 * that it does not know it ends with 2, since it could not look: 1 would be taken for a finding.
 */
export function command(name: string, description: string): Command {
  return new Command(`npm run ${name} --`)
    .description(description)
    .helpOption('-h, --help', 'show this help')
    .configureOutput({ outputError: (text, write) => write(text) })
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .showHelpAfterError(`(npm run ${name} -- --help shows what it takes)`);
}

/**
 * Parses an option's whole number.
 *
 * @throws {InvalidArgumentError} which commander reports with the option's name
 */
export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** Parses the arguments, runs the action, and turns its failure into a message and an exit code. */
export async function run(program: Command): Promise<void> {
  process.stdout.once('error', endWithReader);
  try {
    await program.parseAsync();
  } catch (error) {
    process.stderr.write(`${describeFailure(error)}\n`);
    // At once, since what failed may have left connections open that keep the process alive.
    process.exit(error instanceof CliError ? error.exitCode : 2);
  }
}

/** Whoever reads what is written, such as a pager, may have seen enough. */
function endWithReader(error: NodeJS.ErrnoException): never {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
}

/** The message for the terminal: a stack only for what nobody foresaw. */
export function describeFailure(error: unknown): string {
  if (error instanceof CliError) return `${error.message}\n\n  ${error.remedy}`;
  return describeStartFailure(error);
}

/** Lines as an indented list below a sentence. */
export const listed = (lines: readonly string[]) => lines.map((line) => `\n  - ${line}`).join('');

/** Writes one value as JSON on standard output. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
