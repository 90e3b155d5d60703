import { command, printJson, run } from './lib/cli.js';
import { lintBoundaries } from './lib/lint/boundary-lint.js';
import { printed } from './lib/lint/finding.js';
import { rootFolder } from './lib/project.js';

const program = command(
  'lint:boundaries',
  'Checks the boundaries between modules: every file, no cache, and eslint-disable is ignored.',
).option('--json', 'report as JSON');

await run(
  program.action(async ({ json }: { json?: true }) => {
    const { files, findings } = await lintBoundaries(rootFolder);
    if (json) printJson(findings);
    else {
      const report = findings.map(printed).join('');
      process.stdout.write(report || `${files} files keep the boundaries\n`);
    }
    if (findings.length > 0) process.exitCode = 1;
  }),
);
