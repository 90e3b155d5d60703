import { CliError } from '../cli.js';
import { codeOf } from '../provision/connection.js';
import type { Server } from '../server.js';
import { leadsTo } from './sides/journal.js';
import { Side } from './sides/side.js';

/** What `--target` says for a further server of this clone's own. */
const EMBEDDED = 'embedded';

/** SQLSTATEs of a home that has no journal yet, or no database. */
const NO_JOURNAL = ['42P01', '3D000'];

/**
 * Lends the other database of a module: with `--target embedded` on a server of its own, which is
 * there from then on as long as the clone's first one is, until no move leads there any more.
 *
 * @param named what the command line says; nothing, if that is to be known already
 * @param work is given an admin URL, a bare name of a database, or nothing
 * @throws {CliError} when the home is not this clone's own, or the server cannot run
 */
export async function withTarget<T>(
  { own, adminUrl }: Server,
  module: string,
  named: string | undefined,
  work: (target: string | undefined) => Promise<T>,
): Promise<T> {
  if (named === EMBEDDED) {
    if (!own) throw notBesides();
    await own.add(module);
  }
  const added = own?.urlOf(module);
  try {
    return await work(named === undefined || named === EMBEDDED ? added : named);
  } finally {
    if (added !== undefined && !(await mayLeadTo(adminUrl, module, added)))
      await own?.retire(module);
  }
}

/** Whether the journal knows of a move to that place. Where it cannot be read, it may. */
function mayLeadTo(adminUrl: string, module: string, place: string): Promise<boolean> {
  return Side.with('home', adminUrl, (home) => leadsTo(home, module, place)).catch(
    (error: unknown) => !NO_JOURNAL.includes(String(codeOf(error))),
  );
}

const notBesides = () =>
  new CliError(
    'A second embedded server goes with an embedded one only, and DATABASE_URL names another.',
    'Name a database there, --target <name>, or the admin URL of one elsewhere.',
    2,
  );
