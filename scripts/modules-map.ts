import { writeFileSync } from 'node:fs';
import { CliError, command, run } from './lib/cli.js';
import { isCurrentMap, moduleMap, moduleMapFile } from './lib/lint/module-map.js';
import { readProjectManifests, rootFolder } from './lib/project.js';

const program = command(
  'modules:map',
  `Draws who calls and hears whom into ${moduleMapFile}.`,
).option('--check', 'write nothing, and fail when the picture is out of date');

await run(
  program.action(({ check }: { check?: true }) => {
    const text = moduleMap(readProjectManifests());
    if (!check) writeFileSync(`${rootFolder}/${moduleMapFile}`, text);
    else if (!isCurrentMap(rootFolder, text)) {
      throw new CliError(`${moduleMapFile} is out of date.`, 'npm run modules:map');
    }
    process.stdout.write(`${moduleMapFile} is up to date\n`);
  }),
);
