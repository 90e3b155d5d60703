import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { command, printJson, run } from './lib/cli.js';
import { applyChanges, describeChanges } from './lib/file-plan.js';
import { readProjectManifests, rootFolder } from './lib/project.js';
import { askForWish, confirmInit } from './lib/template/ask.js';
import { planInit } from './lib/template/plan.js';
import { readTrackedFiles, refuseUncommitted } from './lib/tracked-files.js';

interface Options {
  readonly keep?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Made at random by whoever started this clone; the project makes its own. */
const SECRET = '.data/secret';

await run(
  command(
    'template:init',
    'Makes a project of the template: renames it, keeps the example modules that are wanted, and ' +
      'removes what is only the template’s, this command included.',
  )
    .argument('[name]', 'of the project, such as night-market')
    .option('--keep <modules>', '"shop", "none", or modules separated by commas')
    .option('--dry-run', 'print what would be done, and do nothing')
    .option('--yes', 'do not ask')
    .option('--force', 'go on although something is not committed')
    .option('--json', 'print the plan as JSON, with the texts')
    .action(async (given: string | undefined, options: Options) => {
      const { dryRun = false, yes = false, force = false, json } = options;
      if (!dryRun && !force) refuseUncommitted(rootFolder);
      const manifests = readProjectManifests();
      const wish = await askForWish(given, options.keep, manifests);
      const plan = await planInit(rootFolder, readTrackedFiles(rootFolder), manifests, wish);
      const secret = existsSync(join(rootFolder, SECRET)) ? [{ path: SECRET, text: null }] : [];
      const changes = [...plan.changes, ...secret];
      const lines = describeChanges(rootFolder, changes);
      if (!dryRun) {
        if (!yes) await confirmInit(lines);
        applyChanges(rootFolder, changes);
      }
      if (json) return printJson({ dryRun, changes, notes: plan.notes });
      for (const note of plan.notes) process.stderr.write(`${note}\n`);
      process.stdout.write(`${lines.join('\n')}\n${dryRun ? '' : next(wish.name)}`);
    }),
);

function next(name: string): string {
  const env = existsSync(join(rootFolder, '.env'))
    ? '  .env                                  is as it was: see what its URL and secret name\n'
    : '';
  return `
This is "${name}" now. Next:

  npm install                           takes out the packages that only the template needed
  npm run module:create -- <name>       writes your first module
  npm run check
  git add --all && git commit -m "chore: begin ${name}"
${env}
Choose a license, and write in README.md what it is for. Rows of the example, if you have started it,
are in .data/ still: remove that folder while nothing runs.
`;
}
