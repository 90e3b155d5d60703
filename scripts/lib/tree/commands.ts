import { commandsOf } from './package.js';
import { mapTexts, type Tree } from './tree.js';

const RUN = /\bnpm run (?:--silent )?([\w:-]*\w)/g;

/** Where a job of a workflow begins, or a marker between two. */
const JOB = /^(?= {2}(?:[\w-]+:$|# only: ))/m;

const SECTION = /^(?=## )/m;
const EMPTY_BLOCK = '```sh\n```';

/** Whether a text has somebody run a command that is not among these. */
export const runsLost = (text: string, commands: readonly string[]): boolean =>
  [...text.matchAll(RUN)].some(([, command = '']) => !commands.includes(command));

/**
 * The tree without what runs a command that package.json does not have: the workflow's jobs, and the
 * pages' lines of commands, with the section that has no other. Pure.
 */
export function withoutLostCommands(tree: Tree): Tree {
  const commands = commandsOf(tree);
  return mapTexts(tree, (text, path) => {
    if (!runsLost(text, commands)) return text;
    if (path.startsWith('.github/')) return withoutJobs(text, commands);
    return /^docs\/[^/]+\.md$/.test(path) ? withoutLines(text, commands) : text;
  });
}

const withoutJobs = (workflow: string, commands: readonly string[]) =>
  workflow
    .split(JOB)
    .filter((job) => !runsLost(job, commands))
    .join('');

const withoutLines = (page: string, commands: readonly string[]) =>
  page
    .split('\n')
    .filter((line) => !(line.startsWith('npm run ') && runsLost(line, commands)))
    .join('\n')
    .split(SECTION)
    .filter((section) => !section.includes(EMPTY_BLOCK))
    .join('');
