import { loginRole, ownerRole, urlWith } from '#platform/database/names';
import type { Environment } from '#config';
import { aloneEnvironment } from '../../scripts/lib/placement-environment.js';
import { readProjectManifests } from '../../scripts/lib/project.js';
import {
  appEnvironment,
  type Project,
  roleUrl as projectRoleUrl,
} from '../../scripts/lib/set-up.js';

/** Through which the run's set-up tells the workers of its project. */
export const TEST_PROJECT_VARIABLE = 'TEST_PROJECT';

/** The name of one jest worker's copy of the migrated database. */
export const workerDatabase = (project: string, worker: number) => `${project}_w${worker}`;

/** In a rehearsal, the modules that have a process and a database of their own. */
export const rehearsedModules = (): readonly string[] =>
  (process.env['REHEARSE'] ?? '').split(',').filter(Boolean);

/** The databases of those, for one jest worker. */
export const rehearsedDatabases = (project: string, worker: number): Record<string, string> =>
  Object.fromEntries(
    rehearsedModules().map((module, index) => [
      module,
      `${workerDatabase(project, worker)}_${index + 1}`,
    ]),
  );

/** The project under test, in this worker's own database. */
export function testProject(): Project {
  const { TEST_PROJECT, JEST_WORKER_ID } = process.env;
  const project = JSON.parse(TEST_PROJECT as string) as Project;
  const worker = Number(JEST_WORKER_ID);
  return {
    ...project,
    adminUrl: urlWith(project.adminUrl, { database: workerDatabase(project.name, worker) }),
    databases: rehearsedDatabases(project.name, worker),
  };
}

/**
 * What the app under test is told: its modules' login URLs, who else there is, and a payment
 * provider that is not there. A spec that pays starts one, and adds what that one says of itself.
 */
export const testEnvironment = (project = testProject()): Environment => ({
  ...aloneEnvironment(project, readProjectManifests()),
  // only: billing
  BILLING_PROVIDER_URL: 'http://127.0.0.1:9',
  BILLING_PROVIDER_KEY: 'the key of the tests'.padEnd(32, '.'),
  BILLING_WEBHOOK_SECRET: 'the webhooks of the tests'.padEnd(32, '.'),
  // only: end
  ...appEnvironment(project),
});

/** A role's URL to the database of this worker that holds the module's rows. */
export function roleUrl(module: string, role: 'login' | 'owner'): string {
  const project = testProject();
  return projectRoleUrl(
    project,
    module,
    (role === 'login' ? loginRole : ownerRole)(project.name, module),
  );
}
