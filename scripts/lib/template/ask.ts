import { cancel, confirm, isCancel, multiselect, text } from '@clack/prompts';
import type { Manifest } from '#platform/manifest';
import { CliError } from '../cli.js';
import type { InitWish } from './plan.js';

const atTerminal = () => process.stdin.isTTY && process.stdout.isTTY;

/**
 * Completes what the command line left open, by asking; everything is kept when nobody can be asked.
 *
 * @throws {CliError} when there is no name and nobody to ask
 */
export async function askForWish(
  name: string | undefined,
  keep: string | undefined,
  manifests: readonly Manifest[],
): Promise<InitWish> {
  if (!atTerminal()) {
    if (name !== undefined) return { name, keep: keep ?? 'shop' };
    throw new CliError('The project has no name yet.', 'npm run template:init -- <name>', 2);
  }
  return {
    name:
      name ??
      answered(await text({ message: 'What is the project called?', placeholder: 'night-market' })),
    keep: keep ?? (await askForModules(manifests.map((manifest) => manifest.name))),
  };
}

async function askForModules(modules: string[]): Promise<string> {
  const chosen = answered(
    await multiselect({
      message: 'Which example modules do you want to keep? (none is fine)',
      options: modules.map((value) => ({ value, label: value })),
      required: false,
    }),
  );
  return chosen.length === 0 ? 'none' : chosen.join(',');
}

/** Shows what will be done, and waits for a yes where somebody can say it. */
export async function confirmInit(lines: readonly string[]): Promise<void> {
  if (!atTerminal()) return;
  process.stdout.write(`${lines.join('\n')}\n`);
  if (answered(await confirm({ message: `Do these ${lines.length} things?` }))) return;
  leave();
}

/** Ctrl-C is answered with a symbol. */
function answered<Answer>(answer: Answer): Exclude<Answer, symbol> {
  if (isCancel(answer)) leave();
  return answer as Exclude<Answer, symbol>;
}

function leave(): never {
  cancel('Nothing was written.');
  process.exit(1);
}
