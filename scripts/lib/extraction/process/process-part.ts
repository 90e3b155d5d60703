import type { Manifest } from '#platform/manifest';
import { httpUrl } from '#config';
import { CliError, listed } from '../../cli.js';
import { rootFolder } from '../../project.js';
import { sourceElsewhere } from '../../service/source-move.js';
import type { Project } from '../../set-up.js';
import { describeImpact, impactOf } from '../readiness/impact.js';
import type { Verb } from '../sides/journal.js';
import { processFault } from './process-host.js';
import {
  placeProcess,
  processEnvironments,
  type ProcessStatus,
  processStatus,
} from './process-move.js';
import type { Tell } from '../tell.js';

/** What is asked of a module's process. */
export interface ProcessWish {
  readonly project: Project;
  readonly manifests: readonly Manifest[];
  readonly module: string;
  /** Internal URL of the process to lead to. */
  readonly url: string | undefined;
  readonly dryRun: boolean;
  readonly tell: Tell;
}

/**
 * Does one verb for a module whose code and rows stay: without one, it is told what comes when.
 *
 * @throws {CliError} for a verb that rows alone have, and when something is in the way
 */
export async function actOnProcess(
  verb: Verb | 'plan' | 'status' | undefined,
  wish: ProcessWish,
): Promise<void> {
  const { project, module, manifests, tell } = wish;
  const { adminUrl } = project;
  if (verb === 'plan' || verb === undefined) {
    const impact = await impactOf(rootFolder, module, manifests);
    return tell(impact, `${describeImpact(impact)}\n${describeVerbs(module)}`);
  }
  if (verb === 'prepare') return prepare(wish);
  if (verb === 'cutover') return cutover(wish);
  if (verb === 'rollback') return lead(wish, verb, null);
  if (verb === 'status') {
    const status = await processStatus(adminUrl, module);
    return tell(status, describeProcess(status));
  }
  throw new CliError(
    `A process has no "${verb}": no row moves with it, so that there is nothing to copy, to compare, to end or to clear away.`,
    `Its verbs are plan, prepare, cutover, rollback and status. For the rows: npm run extract-module -- ${module} ${verb} --only data`,
  );
}

async function prepare({ project, module, manifests, tell }: ProcessWish): Promise<void> {
  const { one, rest } = await processEnvironments(project, manifests, module);
  const elsewhere = sourceElsewhere(module);
  const text = [
    `# ${module}.env: what the process of "${module}" is told`,
    ...one,
    '',
    '# rest.env: what the process of the others is told',
    ...rest,
    '',
    '# Keep both, fill in what is empty, and on one machine give each a PORT of its own. Then start:',
    ...(elsewhere === undefined
      ? ['#   npm run build']
      : [`#   cd ${elsewhere}, where ${module}.env belongs, and npm ci && npm run build`]),
    `#   node --env-file=${module}.env dist/main.js`,
    ...(elsewhere === undefined ? [] : ['#   and here: npm run build']),
    '#   node --env-file=rest.env dist/main.js',
    '',
  ];
  tell({ [module]: one, rest }, text.join('\n'));
}

async function cutover(wish: ProcessWish): Promise<void> {
  const { module, url } = wish;
  if (url === undefined || !httpUrl.safeParse(url).success) {
    throw new CliError(
      url === undefined
        ? `Where the process of "${module}" is reached was not said.`
        : `"${url}" is no URL.`,
      `npm run extract-module -- ${module} cutover --only process --url http://10.0.0.7:4000`,
      2,
    );
  }
  const fault = await processFault(url, module);
  if (fault) throw fault;
  await lead(wish, 'cutover', url);
}

/** Tells everybody where the process is, or says that it would. */
async function lead(
  { project, module, dryRun, tell }: ProcessWish,
  verb: 'cutover' | 'rollback',
  url: string | null,
): Promise<void> {
  if (dryRun) {
    const steps = [
      `write in platform.placement that ${whereIs(module, url)}, and tell all processes`,
    ];
    return tell({ verb, steps }, `${verb} would:${listed(steps)}\n`);
  }
  await placeProcess(project.adminUrl, module, url);
  const text = `${verb}: ${whereIs(module, url)}\n${url === null ? '' : afterwards(module)}`;
  tell({ verb, module, url }, text);
}

const whereIs = (module: string, url: string | null) =>
  url === null
    ? `"${module}" is where the configuration of each process says`
    : `"${module}" is at ${url}`;

const afterwards = (module: string) =>
  `A process that hosts "${module}" itself goes on answering for it, until it is started again with MODULES that leave it out.\n`;

const describeVerbs = (module: string) =>
  `Its process alone moves by these:${listed(
    [
      'prepare --only process        what the two processes are told, and how they start',
      'cutover --only process --url http://<host>:<port>',
      'rollback --only process       back to what each configuration says',
    ].map((line) => `npm run extract-module -- ${module} ${line}`),
  )}\n`;

const describeProcess = ({ module, url, fault }: ProcessStatus) =>
  `process: ${whereIs(module, url)}${fault === undefined ? '' : `. ${fault}`}\n`;
