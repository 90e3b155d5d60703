import { parseOperatorConfig, processEnvironment } from '#config';
import { command, run } from './lib/cli.js';
import { linesOf, placementEnvironment } from './lib/placement-environment.js';
import { projectName, readProjectManifests, readProjectModules } from './lib/project.js';
import { openServer } from './lib/server.js';

const program = command(
  'placement:env',
  'Prints what a process is told that hosts these modules and no others: their database URLs, their ' +
    'private keys, and the public keys of those that call or hear them from elsewhere.',
)
  .argument('<module...>', 'the modules that the process hosts')
  .addHelpText('after', '\nExample:\n  npm run --silent placement:env -- <module> > one.env');

await run(
  program.action(async (hosted: string[]) => {
    const manifests = readProjectManifests();
    const server = await openServer(parseOperatorConfig(processEnvironment()));
    try {
      const project = { ...server, name: projectName, modules: readProjectModules() };
      const lines = linesOf(placementEnvironment(project, manifests, hosted));
      process.stdout.write(`${lines.join('\n')}\n`);
    } finally {
      await server.release();
    }
  }),
);
