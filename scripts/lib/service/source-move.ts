import { relative, resolve } from 'node:path';
import { listed } from '../cli.js';
import { describeChanges } from '../file-plan.js';
import { readSource } from '../module/source.js';
import { readProjectManifests, rootFolder } from '../project.js';
import { publicRoutesOf } from '../public-routes.js';
import { refuseUncommitted } from '../tracked-files.js';
import { diffOf } from './source-diff.js';
import { planService, type ServicePlan } from './plan.js';

/** How a module's source is to go. */
export interface SourceWish {
  readonly module: string;
  /** Folder of the new project, relative to the root; `services/<module>` without it. */
  readonly out?: string | undefined;
  /** Whether it may be mixed with what is not committed. */
  readonly force: boolean;
}

/** A source that can go. */
export interface SourceMove extends ServicePlan {
  readonly module: string;
  readonly out: string;
}

/** Where the source of a module is that has gone; undefined of one that is here. */
export function sourceElsewhere(module: string): string | undefined {
  const manifest = readProjectManifests().find(({ name }) => name === module);
  return manifest?.remote ? (manifest.source ?? 'elsewhere') : undefined;
}

/**
 * Works out what gives a module a project of its own. Writes nothing.
 *
 * @throws {CliError} naming what is in the way; with `force`, what is not committed is not
 */
export async function planSource({ module, out, force }: SourceWish): Promise<SourceMove> {
  const folder = out ?? `services/${module}`;
  const source = readSource();
  if (!force) refuseUncommitted(source.root);
  const routes = await publicRoutesOf(module);
  return { module, out: folder, ...(await planService(source, { module, out: folder, routes })) };
}

/** Every path that would be written or removed, as a line. */
export const describeSource = ({ changes }: SourceMove): string =>
  `${describeChanges(rootFolder, changes).join('\n')}\n`;

/** What git would show of it, as long as it is not done. */
export function describeDiff({ out, changes }: SourceMove): string {
  const beside = `All of ${out} is new, and outside of this repository.\n\n`;
  return `\n${isOutside(out) ? beside : ''}${diffOf(rootFolder, changes)}`;
}

const isOutside = (out: string) => relative(rootFolder, resolve(rootFolder, out)).startsWith('..');

/** The command that takes a source's move back until it is committed, also half of one. */
export function takeBackCommand({ out }: Pick<SourceMove, 'out'>): string {
  // Git refuses a path outside of its repository.
  const clean = isOutside(out) ? `rm -rf ${out}` : `git clean -fd ${out}`;
  return `git restore --staged --worktree . && ${clean} && npm run prisma:generate`;
}

/** What a person does with a source that has gone. */
export function describeGone({ module, out, tests }: SourceMove): string {
  const left =
    tests.length > 0
      ? `\nThese tests name "${module}". Whether one that has it in its own process asks a fake of its ` +
        `contract from now on, or moves, is yours to decide:${listed(tests)}\n`
      : '';
  return `${left}
"${module}" is in ${out} now; nothing is committed. Next:

  cd ${out} && npm ci && npm run check
  npm run check          here, and read the diff
`;
}
