import { boundaryConfig } from '../../../scripts/lib/lint/boundaries.js';
import { cruiseProject } from '../../../scripts/lib/lint/dependencies.js';
import { lintBoundaries } from '../../../scripts/lib/lint/boundary-lint.js';
import { SOURCES } from '../../../scripts/lib/lint/boundary-settings.js';
import { findProvenance } from '../../../scripts/lib/lint/provenance/index.js';
import tseslint from 'typescript-eslint';

/** What one process does once, in a tree that it has not seen. */
const jobs = {
  parse: (root: string) =>
    lintBoundaries(root, [{ files: [SOURCES], languageOptions: { parser: tseslint.parser } }]),
  boundaries: (root: string) => lintBoundaries(root, boundaryConfig(root)),
  walls: (root: string) => lintBoundaries(root),
  cruise: (root: string) => cruiseProject(root),
  provenance: (root: string) => findProvenance(root),
};

export type Job = keyof typeof jobs;

const [job, root] = process.argv.slice(2) as [Job, string];
const began = performance.now();
const { findings } = await jobs[job](root);
if (findings.length > 0) throw new Error(`${job}: ${JSON.stringify(findings.slice(0, 3))}`);
process.stdout.write(String((performance.now() - began) / 1000));
