import type { ModuleSession } from './owner-session.js';
import type { MigrationFault } from './types.js';

/**
 * What keeps a module from being changed while its rows are copied elsewhere: the change would
 * reach one side only, and the copy would stop at the first row that does not fit.
 */
export async function faultOfMove({
  query,
  target: { module },
}: ModuleSession): Promise<MigrationFault | undefined> {
  const [found] = await query(
    `SELECT min(pubname) AS publication FROM pg_publication_tables WHERE schemaname = current_schema()`,
  );
  const publication = found?.['publication'] as string | null;
  if (publication === null) return undefined;
  return {
    module,
    fact: `${module}: the publication "${publication}" copies its rows elsewhere, so nothing was applied`,
    remedy: `Finish or abort the move first: npm run extract-module -- ${module} status`,
  };
}
