import { raw } from 'sql-template-tag';
import type { HostedModule } from '../hosted-modules.js';
import { isUnreachable, sqlState } from './failures.js';
import { limitFaults, limitOf } from './limits.js';
import {
  compareHistory,
  type MigrationState,
  readHistory,
  readMigrations,
} from './migration-history.js';
import type { ModuleDatabase, PrismaLike } from './module-database.js';
import { type Reachable, reachFaults } from './reach.js';

/** The process must not start, for all of these reasons. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';

  constructor(readonly faults: readonly string[]) {
    super(
      `The app does not start, for ${faults.length} reason(s):\n` +
        faults.map((fault) => `  - ${fault}`).join('\n'),
    );
  }
}

/**
 * Looks at each module's database as the module's own role: that nothing lets it out of its own
 * schema, that its migrations are all there and unchanged, and that the server has connections
 * enough for everyone.
 *
 * @param prismaFolder absolute path of the folder with the migrations
 * @throws {StartRefused} with all that was found
 */
export async function checkBeforeStart(
  modules: readonly HostedModule[],
  prismaFolder: string,
): Promise<void> {
  const seen: Reachable[] = [];
  const unseen = await Promise.all(
    modules.map(({ manifest: { name: module }, database }) =>
      orUnseen(module, async () => {
        seen.push({ module, database, limit: await limitOf(database) });
        return [];
      }),
    ),
  );
  const found = await Promise.all([
    orUnseen('every module', () => reachFaults(seen)),
    ...seen.map(({ module, database }) =>
      orUnseen(module, async () =>
        faultsOf(module, await migrationsOf(database, module, prismaFolder)),
      ),
    ),
  ]);
  const all = [...unseen.flat(), ...found.flat(), ...limitFaults(seen.map(({ limit }) => limit))];
  if (all.length > 0) throw new StartRefused(all);
}

const orUnseen = (module: string, look: () => Promise<string[]>): Promise<string[]> =>
  look().catch((error: unknown) => [`${module}: ${whyUnseen(error)}`]);

function whyUnseen(error: unknown): string {
  const root = rootOf(error);
  const remedy = isUnreachable(root)
    ? 'check that the server runs, and the URL'
    : sqlState(root) === '28P01'
      ? 'take the URL anew from: npm run db:url'
      : 'run: npm run db:provision';
  return `its database cannot be looked at (${root.message || root.code}); ${remedy}`;
}

function rootOf(error: unknown): { message: string; code?: string } {
  const { cause } = error as { cause?: unknown };
  return cause === undefined ? (error as Error) : rootOf(cause);
}

async function migrationsOf(
  database: ModuleDatabase<PrismaLike>,
  module: string,
  prismaFolder: string,
): Promise<MigrationState> {
  const history = await readHistory((text) => database.query(raw(text)));
  return compareHistory(readMigrations(prismaFolder, module), history);
}

const REMEDIES = {
  pending: 'run: npm run db:migrate',
  edited: 'restore the file as it was applied, and put the change into a new migration',
  failed: 'see: npm run db:status',
  missing: 'restore the file, or deploy the version that has it',
} as const;

const faultsOf = (module: string, state: MigrationState): string[] =>
  (['pending', 'edited', 'failed', 'missing'] as const).flatMap((kind) =>
    state[kind].map((name) => `${module}: the migration "${name}" is ${kind}; ${REMEDIES[kind]}`),
  );
