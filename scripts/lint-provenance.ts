import { command, printJson, run } from './lib/cli.js';
import { findProvenance } from './lib/lint/provenance/index.js';
import { rootFolder } from './lib/project.js';

const program = command(
  'lint:provenance',
  'Follows all that the faces hand out, types included, to where it is declared.',
)
  .option('--json', 'report as JSON')
  .option('--root <folder>', 'the folder with tsconfig.json and src/modules', rootFolder);

await run(
  program.action(({ json, root }: { json?: true; root: string }) => {
    const { modules, findings } = findProvenance(root);
    if (json) printJson(findings);
    else if (findings.length > 0)
      process.stdout.write(`${findings.map(({ message }) => message).join('\n\n')}\n`);
    else process.stdout.write(`${modules.length} faces hand out only what is their own\n`);
    if (findings.length > 0) process.exitCode = 1;
  }),
);
