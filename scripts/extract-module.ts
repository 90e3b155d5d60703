import { Argument, Option } from 'commander';
import { parseOperatorConfig, processEnvironment } from '#config';
import { CliError, command, run, wholeNumber } from './lib/cli.js';
import { askAtTerminal } from './lib/extraction/ask.js';
import { actOnData } from './lib/extraction/data-part.js';
import { withTarget } from './lib/extraction/embedded-target.js';
import type { Verb } from './lib/extraction/sides/journal.js';
import { actOnProcess } from './lib/extraction/process/process-part.js';
import { progressReporter } from './lib/extraction/progress.js';
import { describeDone } from './lib/extraction/report.js';
import { teller } from './lib/extraction/tell.js';
import { refuseUnknownModules } from './lib/known-modules.js';
import {
  prismaFolder,
  projectName,
  readProjectManifests,
  readProjectModules,
} from './lib/project.js';
import { openServer } from './lib/server.js';
import { actOnSource, goOnWithSource } from './lib/service/source-part.js';

interface Options {
  readonly only?: 'data' | 'process' | 'source';
  readonly target?: string;
  readonly url?: string;
  readonly out?: string;
  readonly maxPause: number;
  readonly rate: number;
  readonly drop?: true;
  readonly dryRun?: true;
  readonly force?: true;
  readonly yes?: true;
  readonly json?: true;
}

const VERBS = 'plan prepare copy verify cutover rollback finish status abort'.split(' ');

await run(
  command(
    'extract-module',
    'Gives a module a database of its own while it is written, and then a project of its own; its process, too.',
  )
    .argument('<module>', 'the module')
    .addArgument(
      new Argument('[verb]', 'one step; without one, all that are left, asking first').choices(
        VERBS,
      ),
    )
    .addOption(
      new Option(
        '--only <part>',
        'its rows, where it runs, or its code; rows and code without it',
      ).choices(['data', 'process', 'source']),
    )
    .option(
      '--target <url>',
      'admin URL of the other database, a name for one on the same server, or "embedded" for one on a second embedded server; made if missing',
    )
    .option('--url <url>', 'internal URL of its process, for cutover --only process')
    .option('--out <folder>', 'its new project; services/<module> without it')
    .option('--max-pause <ms>', 'how long writers may wait in a switch', wholeNumber, 2000)
    .option(
      '--rate <MB/s>',
      'how fast rows may be copied, through this process; 0 for no limit',
      wholeNumber,
      0,
    )
    .option('--drop', 'in finish, drop the old rows at home too, which are kept otherwise')
    .option(
      '--dry-run',
      'say what would be done, and do nothing; of the source, every path and the diff',
    )
    .option('--force', 'let the source go although something is not committed')
    .option('--yes', 'ask nothing')
    .option('--json', 'report as JSON')
    .addHelpText('after', '\n"plan" looks at everything. See docs/extracting-a-module.md')
    .action(act),
);

async function act(
  module: string,
  verb: Verb | 'plan' | 'status' | undefined,
  options: Options,
): Promise<void> {
  const { only, dryRun = false, force = false, drop = false, out, url } = options;
  goOnWithSource(module, !dryRun && letsSourceGo(verb, only), say);
  const manifests = readProjectManifests();
  refuseUnknownModules(
    [module],
    manifests.map(({ name }) => name),
  );
  if (drop && ((verb ?? 'finish') !== 'finish' || (only ?? 'data') !== 'data')) {
    throw new CliError(
      'Only finish drops anything at home, and only rows.',
      'Leave --drop out.',
      2,
    );
  }
  const tell = teller(options.json ?? false);
  const wish = { module, out, force: force || dryRun };
  if (only === 'source') return actOnSource(verb, wish, { dryRun, tell, say });
  const config = parseOperatorConfig(processEnvironment());
  const server = await openServer(config);
  try {
    const { adminUrl, secret } = server;
    const project = { adminUrl, secret, name: projectName, modules: readProjectModules() };
    if (only === 'process') {
      await actOnProcess(verb, { project, manifests, module, url, dryRun, tell });
      return;
    }
    const { maxPause, rate, yes } = options;
    const { poolSize } = config;
    if (!dryRun && verb !== 'plan' && verb !== 'status') server.own?.pin();
    const good = await withTarget(server, module, options.target, (target) =>
      actOnData(verb, {
        request: { project, module, poolSize, prismaFolder, target, say },
        mover: { maxPause, rate, drop, progress: progressReporter(say) },
        walker: {
          ask: yes ? () => Promise.resolve(true) : askAtTerminal,
          report: (done) => tell(done, describeDone(done)),
        },
        source: only === 'data' ? undefined : wish,
        ...{ dryRun, tell, say },
      }),
    );
    if (!good) process.exitCode = 1;
  } finally {
    await server.release();
  }
}

function letsSourceGo(verb: string | undefined, only: Options['only']): boolean {
  if (only === 'source') return verb === undefined;
  return only === undefined && (verb ?? 'finish') === 'finish';
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
