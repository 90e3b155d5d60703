import { cruise, type ICruiseResult, type IViolation } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { type Manifest, readManifests } from '../../../src/platform/manifest.js';
import { CliError } from '../cli.js';
import { rootFolder } from '../project.js';
import type { Finding } from './finding.js';

/** What dependency-cruiser saw of a project. */
export interface Cruise {
  readonly files: number;
  readonly findings: readonly Finding[];
}

/**
 * Looks for cycles, orphans, paths that lead nowhere, and imports in comments, which the other
 * linters do not see.
 *
 * @param root absolute path of the folder that holds `src/modules`, `scripts` and `test`
 * @throws {CliError} with exit code 2 when no file was looked at
 * @throws {ManifestError} naming every fault of the manifests
 */
export async function cruiseProject(root: string): Promise<Cruise> {
  const options = await extractDepcruiseOptions(`${rootFolder}/.dependency-cruiser.js`);
  const fileName = `${root}/tsconfig.json`;
  // Not its exit code, which is the number of errors modulo 256: that of 256 errors is 0.
  const { output } = await cruise(
    ['src', 'scripts', 'test'],
    { ...options, baseDir: root, tsConfig: { fileName } },
    undefined,
    { tsConfig: extractTSConfig(fileName) },
  );
  const { summary } = output as ICruiseResult;
  if (summary.totalCruised === 0) {
    throw new CliError('No file was looked at.', 'Run it in the project’s root.', 2);
  }
  const manifests = readManifests(`${root}/src/modules`);
  const comments = new Map(options.ruleSet?.forbidden?.map(({ name, comment }) => [name, comment]));
  return {
    files: summary.totalCruised,
    findings: summary.violations
      .filter((violation) => !isHeard(violation, manifests))
      .map((violation) => findingOf(violation, comments.get(violation.rule.name) ?? '')),
  };
}

const moduleOf = (path: string) => /^src\/modules\/([^/]+)/.exec(path)?.[1];

/** Who hears a module imports its face, which may import the hearer's in turn: that is no cycle. */
function isHeard({ rule, from, cycle }: IViolation, manifests: readonly Manifest[]): boolean {
  if (rule.name !== 'no-cycle-of-modules' || !cycle) return false;
  const way = [from, ...cycle.map(({ name }) => name)].map(moduleOf);
  return way.slice(1).some((target, index) => {
    const importer = manifests.find(({ name }) => name === way[index]);
    return target && importer?.hears.includes(target) && !importer.calls.includes(target);
  });
}

function findingOf({ rule, from, to, cycle }: IViolation, comment: string): Finding {
  const way = cycle?.map(({ name }) => name) ?? (to === from ? [] : [to]);
  return {
    file: /^src\/modules\/[^/]+$/.test(from) ? `${from}/index.ts` : from,
    rule: rule.name,
    message: `${[from, ...way].join(' -> ')}: ${comment}`,
  };
}
