import { Argument } from 'commander';
import { parseOperatorConfig, processEnvironment } from '#config';
import { CliError, command, printJson, run, wholeNumber } from './lib/cli.js';
import { askAtTerminal } from './lib/extraction/ask.js';
import type { Verb } from './lib/extraction/journal.js';
import { type MoveRequest, withMove } from './lib/extraction/move.js';
import { type Done, extract } from './lib/extraction/mover.js';
import { readiness } from './lib/extraction/plan.js';
import {
  describeDone,
  describeReadiness,
  describeStatus,
  progressLine,
} from './lib/extraction/report.js';
import { statusOf } from './lib/extraction/status.js';
import { walk } from './lib/extraction/walk.js';
import { refuseUnknownModules } from './lib/known-modules.js';
import {
  prismaFolder,
  projectName,
  readProjectManifests,
  readProjectModules,
} from './lib/project.js';
import { openServer } from './lib/server.js';

interface Options {
  readonly target?: string;
  readonly maxPause: number;
  readonly drop?: true;
  readonly yes?: true;
  readonly json?: true;
}

const VERBS = 'plan prepare copy verify cutover rollback finish status abort'.split(' ');

await run(
  command(
    'extract-module',
    "Moves a module's rows to another database while they are written, and brings them back.",
  )
    .argument('<module>', 'the module')
    .addArgument(
      new Argument('[verb]', 'one step; without one, all that are left, asking first').choices(
        VERBS,
      ),
    )
    .option(
      '--target <url>',
      'admin URL of the other database, or a name for one on the same server; both are made if missing',
    )
    .option('--max-pause <ms>', 'how long writers may wait in a switch', wholeNumber, 2000)
    .option('--drop', 'in finish, drop the old rows at home too, which are kept otherwise')
    .option('--yes', 'ask nothing')
    .option('--json', 'report as JSON')
    .addHelpText(
      'after',
      '\n"plan" is the dry run: it changes nothing. See docs/extracting-a-module.md',
    )
    .action(
      async (module: string, verb: Verb | 'plan' | 'status' | undefined, options: Options) => {
        const modules = readProjectModules();
        // The old rows of one whose source has left, too, are still here.
        const all = readProjectManifests().map(({ name }) => name);
        refuseUnknownModules([module], verb === 'finish' || verb === 'status' ? all : modules);
        const config = parseOperatorConfig(processEnvironment());
        const { poolSize } = config;
        const server = await openServer(config);
        const { adminUrl, secret } = server;
        const project = { adminUrl, secret, name: projectName, modules };
        const say = (line: string) => process.stderr.write(`${line}\n`);
        const { target } = options;
        const request: MoveRequest = { project, module, poolSize, prismaFolder, target, say };
        try {
          await act(request, verb, options);
        } finally {
          await server.release();
        }
      },
    ),
);

async function act(
  request: MoveRequest,
  verb: Verb | 'plan' | 'status' | undefined,
  { json, yes, maxPause, drop }: Options,
): Promise<void> {
  if (drop && verb !== undefined && verb !== 'finish') {
    throw new CliError('Only finish drops anything at home.', 'Leave --drop out.', 2);
  }
  const line = progressLine();
  const options = {
    maxPause,
    drop: drop === true,
    progress: (now: Parameters<typeof line>[0]) => request.say(line(now)),
  };
  const tell = (done: Done) =>
    json ? printJson(done) : void process.stdout.write(describeDone(done));
  if (verb === 'plan') {
    const plan = await withMove(request, 'look', (move) => readiness(move, readProjectManifests()));
    if (json) printJson(plan);
    else process.stdout.write(describeReadiness(plan));
    if (plan.findings.some(({ level }) => level === 'refusal')) process.exitCode = 1;
  } else if (verb === 'status' || verb === undefined) {
    const status = await withMove(request, 'look', statusOf);
    if (verb === undefined) {
      await walk(
        request,
        options,
        status.stage,
        yes ? () => Promise.resolve(true) : askAtTerminal,
        tell,
      );
    } else if (json) printJson(status);
    else process.stdout.write(describeStatus(status));
  } else tell(await extract(request, verb, options));
}
