import { command, printJson, run } from './lib/cli.js';
import { cruiseProject } from './lib/lint/dependencies.js';
import { printed } from './lib/lint/finding.js';
import { rootFolder } from './lib/project.js';

const program = command(
  'lint:dependencies',
  'Looks for import cycles, orphans, paths that lead nowhere, and imports in comments.',
).option('--json', 'report as JSON');

await run(
  program.action(async ({ json }: { json?: true }) => {
    const { files, findings } = await cruiseProject(rootFolder);
    if (json) printJson(findings);
    else process.stdout.write(findings.map(printed).join('') || `${files} files, no cycles\n`);
    if (findings.length > 0) process.exitCode = 1;
  }),
);
