import { loginRole, ownerRole, passwordOf, urlWith } from '#platform/database/names';
import type { Environment } from '#config';
import { appEnvironment, type Project } from '../../scripts/lib/set-up.js';

/** Through which the run's set-up tells the workers of its project. */
export const TEST_PROJECT_VARIABLE = 'TEST_PROJECT';

/** The name of one jest worker's copy of the migrated database. */
export const workerDatabase = (project: string, worker: number) => `${project}_w${worker}`;

/** The project under test, in this worker's own database. */
export function testProject(): Project {
  const { TEST_PROJECT, JEST_WORKER_ID } = process.env;
  const project = JSON.parse(TEST_PROJECT as string) as Project;
  const database = workerDatabase(project.name, Number(JEST_WORKER_ID));
  return { ...project, adminUrl: urlWith(project.adminUrl, { database }) };
}

/**
 * What the app under test is told: its modules' login URLs, and a payment provider that is not
 * there. A spec that pays starts one, and adds what that one says of itself.
 */
export const testEnvironment = (project = testProject()): Environment => ({
  // only: billing
  BILLING_PROVIDER_URL: 'http://127.0.0.1:9',
  BILLING_PROVIDER_KEY: 'the key of the tests'.padEnd(32, '.'),
  BILLING_WEBHOOK_SECRET: 'the webhooks of the tests'.padEnd(32, '.'),
  // only: end
  ...appEnvironment(project),
});

/** A role's URL to this worker's database. */
export function roleUrl(module: string, role: 'login' | 'owner'): string {
  const { adminUrl, name, secret } = testProject();
  const user = (role === 'login' ? loginRole : ownerRole)(name, module);
  return urlWith(adminUrl, { user, password: passwordOf(secret, user) });
}
