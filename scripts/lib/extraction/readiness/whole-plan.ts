import { UndeclaredContractError } from '#platform/contracts/undeclared-contract.error';
import { CliError } from '../../cli.js';
import { readProjectManifests, rootFolder } from '../../project.js';
import { publicRoutesOf } from '../../public-routes.js';
import { planSource, sourceElsewhere, type SourceWish } from '../../service/source-move.js';
import type { Finding } from './finding.js';
import { describeImpact, type Impact, impactOf } from './impact.js';
import { type MoveRequest, withMove } from '../sides/move.js';
import { readiness, type Readiness } from './plan.js';
import { describeReadiness } from '../report.js';

/** Whether the source can follow the rows. */
export interface SourceReadiness {
  readonly out: string | undefined;
  /** Paths that would be written or removed. */
  readonly paths: number;
  /** What is in the way, and what to do about it. */
  readonly refusal?: { readonly fact: string; readonly remedy: string };
}

/** What all moves of a module would be. */
export interface WholePlan extends Readiness {
  readonly impact: Impact;
  /** Undefined when it is not to go. */
  readonly source: SourceReadiness | undefined;
}

/** Looks at the rows, at who depends on the module, and at its source. Changes nothing. */
export async function planWhole(
  request: MoveRequest,
  source: SourceWish | undefined,
): Promise<WholePlan> {
  const manifests = readProjectManifests();
  const rows = await withMove(request, 'look', (move) => readiness(move, manifests));
  return {
    ...rows,
    findings: [...rows.findings, ...(await loadFindings(request.module))],
    impact: await impactOf(rootFolder, request.module, manifests),
    source: source && (await sourceReadiness(source)),
  };
}

/** Why the app cannot be loaded, if it cannot. */
async function loadFindings(module: string): Promise<Finding[]> {
  try {
    await publicRoutesOf(module);
    return [];
  } catch (error) {
    const { fact, remedy } = refusalOf(error);
    const { cause } = error as CliError;
    const rule = cause instanceof UndeclaredContractError ? 'undeclared-dependency' : 'app';
    return [{ rule, level: 'refusal', fact, remedy }];
  }
}

async function sourceReadiness(wish: SourceWish): Promise<SourceReadiness> {
  const gone = sourceElsewhere(wish.module);
  if (gone !== undefined) return { out: gone, paths: 0 };
  try {
    const { out, changes } = await planSource(wish);
    return { out, paths: changes.length };
  } catch (error) {
    return { out: undefined, paths: 0, refusal: refusalOf(error) };
  }
}

function refusalOf(error: unknown): NonNullable<SourceReadiness['refusal']> {
  if (!(error instanceof CliError)) throw error;
  return { fact: error.message, remedy: error.remedy };
}

/** Whether something has to be mended before all of it can be done. */
export const isRefused = ({ findings, source }: WholePlan): boolean =>
  source?.refusal !== undefined || findings.some(({ level }) => level === 'refusal');

export const describeWhole = (plan: WholePlan): string =>
  [describeReadiness(plan), describeImpact(plan.impact), describeSource(plan)].join('');

function describeSource({ module, source }: WholePlan): string {
  if (source === undefined) return 'The source stays here.\n';
  const { out, paths, refusal } = source;
  if (refusal) {
    return (
      `The source cannot go yet, and "finish" will refuse. ${refusal.fact}\n    ${refusal.remedy}\n` +
      `    Or let the rows go alone: npm run extract-module -- ${module} --only data\n`
    );
  }
  if (paths === 0) return `The source is in ${out} already.\n`;
  return `The source goes to ${out}: ${paths} paths written or removed; finish --dry-run names them\n`;
}
