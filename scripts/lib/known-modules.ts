import { CliError } from './cli.js';

/** @throws {CliError} naming the modules that there are, when one of those asked for is none */
export function refuseUnknownModules(asked: readonly string[], known: readonly string[]): void {
  const unknown = asked.filter((module) => !known.includes(module));
  if (unknown.length === 0) return;
  throw new CliError(
    `There is no module ${unknown.map((module) => `"${module}"`).join(', ')}.`,
    `The modules are: ${known.join(', ') || 'none'}`,
    2,
  );
}
