import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { rootFolder } from '../../../scripts/lib/project.js';
import { type Bench, measurementsOf, progress } from '../measurement.js';
import { timeAudit } from './audit.js';
import { generateTree } from './generated-tree.js';
import type { Job } from './lint.process.js';

const RUNS = 5;
const measured = measurementsOf('lint');

export const lintBench: Bench = {
  name: 'lint',
  about:
    'Seconds that the linters take for a generated project of 40 modules and 2,000 files, each run ' +
    'in a new process without cache; starting Node and loading the code are left out. The ratio is ' +
    'that of ESLint with the boundary rules over ESLint that only parses, in pairs of runs in turns. The ' +
    'audit is of 40 schemas with 50 tables each.',
  async measure() {
    const { root, remove } = generateTree();
    try {
      const runs: Record<Job, number>[] = [];
      for (let run = 1; run <= RUNS; run += 1) {
        const parse = await seconds('parse', root);
        const boundaries = await seconds('boundaries', root);
        const walls = await seconds('walls', root);
        const cruise = await seconds('cruise', root);
        const provenance = await seconds('provenance', root);
        runs.push({ parse, boundaries, walls, cruise, provenance });
        progress(`lint: ${run}/${RUNS}: ${JSON.stringify(runs.at(-1))}`);
      }
      const of = (job: Job) => runs.map((run) => run[job]);
      return [
        measured(
          'boundaries_over_parse_ratio',
          '',
          runs.map((run) => run.boundaries / run.parse),
        ),
        measured('lint_2000_files_s', 's', of('walls'), 'boundaries and the rules of our own'),
        measured('cruise_2000_files_s', 's', of('cruise')),
        measured('provenance_2000_files_s', 's', of('provenance')),
        measured('audit_2000_tables_s', 's', [await timeAudit()], 'the median of three'),
      ];
    } finally {
      remove();
    }
  },
};

/** As the commands run: from the sources, in a process that nothing has warmed. */
async function seconds(job: Job, root: string): Promise<number> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...process.execArgv, `${rootFolder}/test/bench/lint/lint.process.ts`, job, root],
    { cwd: rootFolder },
  );
  return Number(stdout);
}
