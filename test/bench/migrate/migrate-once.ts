import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { MigrationTarget } from '../../../scripts/lib/migrations/index.js';
import { rootFolder } from '../../../scripts/lib/project.js';
import { fromSource } from '../server-process.js';

const FILE = fileURLToPath(new URL('migrate.process.ts', import.meta.url));

/**
 * Migrates in a new process, since everybody who migrates pays for making the engine once.
 *
 * @returns the seconds it took, without starting Node and loading the code
 */
export async function migrateOnce(
  targets: readonly MigrationTarget[],
  prismaFolder: string,
): Promise<number> {
  const child = fork(FILE, { cwd: rootFolder, execArgv: fromSource });
  let seconds: number | undefined;
  child.once('message', (message) => (seconds = message as number));
  child.send({ targets, options: { prismaFolder } });
  await once(child, 'exit');
  if (seconds === undefined) throw new Error('migrating failed, see above');
  return seconds;
}
