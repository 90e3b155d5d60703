import { join } from 'node:path';
import type { Linter, Rule } from 'eslint';
import { readManifests } from '../../../../src/platform/manifest.js';
import { SOURCES } from '../boundary-settings.js';
import { noUnsafeSql } from './no-unsafe-sql.js';
import { sqlKinds } from './sql-kinds.js';
import { sqlStaysHome } from './sql-stays-home.js';

/** The rules that read SQL, by their names below `bulkhead/`. */
export const sqlRules: Record<string, Rule.RuleModule> = {
  'no-unsafe-sql': noUnsafeSql,
  'sql-kinds': sqlKinds,
  'sql-stays-home': sqlStaysHome,
};

/** Files of the platform that may make SQL of a text, each for a reason. */
const REVIEWED = [
  // The history of migrations is read by one function through pg and through the module's pool alike.
  'src/platform/database/start-check.ts',
  // The runner itself: it is what hands the text of a template to pg.
  'src/platform/database/module-database.ts',
  // One statement of many written parts, with no word from outside in it.
  'src/platform/database/audit/audit.ts',
  'src/platform/database/audit/statement.ts',
  // The insert of an event, by whose text a statement that publishes is known again.
  'src/platform/events/append.ts',
  // It stands around the client's own two methods, named in its types.
  'src/platform/events/publishing.ts',
];

/**
 * The blocks that switch the rules on, one per module, made from the manifests. The plugin is in
 * others.
 *
 * @param root absolute path of the folder that holds `src/modules`
 * @throws {ManifestError} naming every fault of the manifests
 */
export function sqlConfig(root: string): Linter.Config[] {
  const names = readManifests(join(root, 'src/modules')).map(({ name }) => name);
  return [
    {
      files: [`src/platform/${SOURCES}`],
      ignores: REVIEWED,
      rules: { 'bulkhead/no-unsafe-sql': ['error', { constants: true }] },
    },
    ...names.map((module): Linter.Config => {
      const options = { module, others: names.filter((name) => name !== module) };
      return {
        files: [`src/modules/${module}/${SOURCES}`],
        rules: {
          'bulkhead/no-unsafe-sql': 'error',
          'bulkhead/sql-kinds': ['error', options],
          'bulkhead/sql-stays-home': ['error', options],
        },
      };
    }),
  ];
}
