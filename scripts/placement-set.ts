import { httpUrl, parseOperatorConfig, processEnvironment, urlVariable } from '#config';
import { CliError, command, run } from './lib/cli.js';
import { refuseUnknownModules } from './lib/known-modules.js';
import { setProcessUrl } from './lib/placements.js';
import { readProjectManifests } from './lib/project.js';
import { openServer } from './lib/server.js';

const program = command(
  'placement:set',
  "Says where a module's process is reached from now on; running processes follow within a second.",
)
  .argument('<module>', 'the module')
  .argument(
    '[url]',
    "the internal URL of its process; without one, each process's <MODULE>_URL says it",
  )
  .addHelpText('after', '\nExample:\n  npm run placement:set -- <module> http://10.0.0.7:4000');

await run(
  program.action(async (module: string, url?: string) => {
    refuseUnknownModules(
      [module],
      readProjectManifests().map(({ name }) => name),
    );
    if (url !== undefined && !httpUrl.safeParse(url).success) {
      throw new CliError(`"${url}" is no URL.`, 'Give one such as http://10.0.0.7:4000', 2);
    }
    const server = await openServer(parseOperatorConfig(processEnvironment()));
    try {
      await setProcessUrl(server.adminUrl, module, url ?? null);
      process.stdout.write(`${module}: ${url ?? `where ${urlVariable(module)} says`}\n`);
    } finally {
      await server.release();
    }
  }),
);
