import { parseOperatorConfig, processEnvironment } from '#config';
import { CliError, command, run } from './lib/cli.js';
import { projectName, readProjectModules } from './lib/project.js';
import { databaseUrl } from './lib/provision/index.js';
import { readPlacements } from './lib/placements.js';
import { openServer } from './lib/server.js';

const program = command(
  'db:url',
  "Prints a database URL with its password: a module's login URL, which can do no more than " +
    "the module's code, unless told otherwise.",
)
  .argument('[module]', 'the module')
  .option('--owner', "the URL of the module's owner role, which runs its migrations")
  .option('--admin', "the admin's URL, for the whole database")
  .addHelpText('after', '\nExample:\n  psql "$(npm run --silent db:url -- <module>)"');

await run(
  program.action(
    async (module: string | undefined, { owner, admin }: { owner?: true; admin?: true }) => {
      if ((module === undefined) !== (admin === true) || (owner && admin)) {
        throw new CliError(
          'Name either a module or --admin.',
          'npm run db:url -- <module> [--owner], or: npm run db:url -- --admin',
          2,
        );
      }
      const modules = readProjectModules();
      const server = await openServer(parseOperatorConfig(processEnvironment()));
      try {
        const wish = module === undefined ? {} : { module, owner: owner === true };
        process.stdout.write(
          `${databaseUrl({ ...server, project: projectName, modules }, wish)}\n`,
        );
        const places = module === undefined ? [] : await readPlacements(server.adminUrl);
        const place = places.find((each) => each.module === module);
        if (place) {
          process.stderr.write(
            `the rows of "${module}" are at ${place.database}; its processes find that out at this URL\n`,
          );
        }
      } finally {
        await server.release();
      }
    },
  ),
);
