import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { CliError, command, printJson, run } from './lib/cli.js';
import { rootFolder } from './lib/project.js';

const program = command(
  'lint:dependencies',
  'Looks for import cycles, orphans and paths that lead nowhere.',
).option('--json', 'report as JSON');

await run(
  program.action(async ({ json }: { json?: true }) => {
    const options = await extractDepcruiseOptions(`${rootFolder}/.dependency-cruiser.js`);
    const tsConfig = extractTSConfig(`${rootFolder}/tsconfig.json`);
    // Not its exit code, which is the number of errors modulo 256: that of 256 errors is 0.
    const { output } = await cruise(['src', 'scripts', 'test'], options, undefined, { tsConfig });
    const { violations, totalCruised } = (output as ICruiseResult).summary;
    if (totalCruised === 0) {
      throw new CliError('No file was looked at.', 'Run it in the project’s root.', 2);
    }
    if (json) printJson(violations);
    for (const { rule, from, to, cycle } of json ? [] : violations) {
      const way = cycle?.map(({ name }) => name).join(' -> ') ?? to;
      process.stdout.write(`${rule.name}: ${from} -> ${way}\n  ${commentOf(options, rule.name)}\n`);
    }
    if (!json && violations.length === 0)
      process.stdout.write(`${totalCruised} files, no cycles\n`);
    if (violations.length > 0) process.exitCode = 1;
  }),
);

function commentOf(options: Awaited<ReturnType<typeof extractDepcruiseOptions>>, name: string) {
  return options.ruleSet?.forbidden?.find((rule) => rule.name === name)?.comment ?? '';
}
