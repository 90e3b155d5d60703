import { urlWith } from '#platform/database/names';
import { startScratchServer } from '../../../scripts/lib/embedded/index.js';
import { targetsOf } from '../../../scripts/lib/migrations/index.js';
import { dropProject, provision } from '../../../scripts/lib/provision/index.js';
import { type Bench, measurementsOf, progress } from '../measurement.js';
import { generateModules } from './generated-modules.js';
import { migrateOnce } from './migrate-once.js';

const RUNS = 5;
const measured = measurementsOf('migrate');

/** The seconds that each step took. */
interface Run {
  readonly provision: number;
  readonly first: number;
  readonly noop: number;
}

export const migrateBench: Bench = {
  name: 'migrate',
  about:
    'Seconds that migrating takes for 1, 8 and 40 generated modules of three migrations and five ' +
    "tables each, beside the platform's own; as `db:migrate` does it, in a new process, on an empty " +
    'provisioned database (`first`) and once more (`noop`). Starting Node and loading the code are ' +
    'left out, provisioning is its own figure, and commits do not wait for the disk.',
  async measure() {
    const server = await startScratchServer();
    try {
      const one = await repeat(server.url, 1);
      const eight = await repeat(server.url, 8);
      const forty = await repeat(server.url, 40);
      return [
        measured('first_1_s', 's', valuesOf(one, 'first')),
        measured('first_8_s', 's', valuesOf(eight, 'first')),
        measured('first_40_s', 's', valuesOf(forty, 'first')),
        measured('noop_40_s', 's', valuesOf(forty, 'noop')),
        measured('provision_40_s', 's', valuesOf(forty, 'provision')),
      ];
    } finally {
      await server.release();
    }
  },
};

const valuesOf = (runs: readonly Run[], step: keyof Run) => runs.map((run) => run[step]);

async function repeat(serverUrl: string, count: number): Promise<Run[]> {
  const modules = generateModules(count);
  const runs: Run[] = [];
  try {
    for (let run = 1; run <= RUNS; run += 1) {
      const { provision, first, noop } = await runOnce(serverUrl, modules);
      runs.push({ provision, first, noop });
      progress(
        `migrate: ${count} modules, ${run}/${RUNS}: provision ${provision.toFixed(2)} s, ` +
          `first ${first.toFixed(2)} s, noop ${noop.toFixed(2)} s`,
      );
    }
  } finally {
    modules.remove();
  }
  return runs;
}

async function runOnce(
  serverUrl: string,
  { names, prismaFolder }: ReturnType<typeof generateModules>,
): Promise<Run> {
  const project = {
    adminUrl: urlWith(serverUrl, { database: 'bench' }),
    secret: 'of a server that nobody else can reach',
    project: 'bench',
    modules: names,
    poolSize: 1,
  };
  const began = performance.now();
  await provision(project);
  const provisioned = (performance.now() - began) / 1000;
  try {
    const targets = targetsOf(project, project.project, names);
    const first = await migrateOnce(targets, prismaFolder);
    const noop = await migrateOnce(targets, prismaFolder);
    return { provision: provisioned, first, noop };
  } finally {
    await dropProject(project);
  }
}
