import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Migration,
  PLATFORM_PREFIX,
  readMigrations,
} from '#platform/database/migration-history';
import { commentsOf, type Reading, readSql } from '../../sql/index.js';
import { errorsOf } from './errors.js';
import { type Finding, type RuleId, RULES } from './rules.js';
import { isConcurrent, warningsOf } from './warnings.js';

/** One thing that is wrong with a migration. */
export interface Violation {
  /** The module's name, or "platform". */
  readonly module: string;
  readonly migration: string;
  /** Path below the folder of all migrations. */
  readonly file: string;
  readonly line: number;
  readonly rule: RuleId;
  readonly severity: 'error' | 'warning';
  /** What is so, what to ask or do, and where to read on. */
  readonly message: string;
}

/** Errors that a migration of the platform may have, when it says why. */
const REVIEWED_IN_PLATFORM = ['setting', 'unreadable'];

const REVIEWED = '-- reviewed:';

/**
 * Reads one migration. Changes and asks nothing.
 *
 * @param others the other modules' schemas
 * @returns what is wrong with it, errors first
 */
export function checkMigration(
  module: string,
  migration: Migration,
  others: readonly string[],
): Violation[] {
  const isPlatform = migration.name.startsWith(PLATFORM_PREFIX);
  const reading = readSql(migration.sql);
  const reviews = reviewsOf(migration.sql);
  const errors = [
    ...errorsOf(reading, { own: isPlatform ? undefined : module, others }),
    ...notAlone(reading),
  ];
  const warnings = warningsOf(reading.statements);
  const isReviewed = ({ rule }: Finding) =>
    reviews.some((review) => review.rule === rule && review.reason !== '');
  // Its bodies are the platform's own, and read by those who review it.
  const canReview = (finding: Finding) =>
    RULES[finding.rule][0] === 'warning' ||
    (isPlatform && REVIEWED_IN_PLATFORM.includes(finding.rule));
  const found = [...errors, ...warnings];
  const idle = reviews.filter(
    ({ rule, reason }) => reason === '' || !found.some((finding) => finding.rule === rule),
  );
  return [
    ...found.filter((finding) => !(canReview(finding) && isReviewed(finding))),
    ...idle.map(({ at, text }) => ({
      rule: 'idle-review' as const,
      at,
      fact: `"${text}" silences nothing`,
    })),
  ].map((finding) => violation(isPlatform ? 'platform' : module, migration, finding));
}

function violation(
  module: string,
  { name, sql }: Migration,
  { rule, at, fact }: Finding,
): Violation {
  const [severity, advice] = RULES[rule];
  const own = name.startsWith(PLATFORM_PREFIX)
    ? `${name.slice(PLATFORM_PREFIX.length)}.sql`
    : join(name, 'migration.sql');
  return {
    module,
    migration: name,
    file: join(module, 'migrations', own),
    line: sql.slice(0, at).split('\n').length,
    rule,
    severity,
    message: `${fact}. ${advice}${advice.endsWith('?') ? '' : '.'} See docs/resolving-violations.md#migrations`,
  };
}

/** `-- reviewed: <rule>: <reason>`: someone has looked at the warning, and says why it is right here. */
function reviewsOf(sql: string) {
  return commentsOf(sql).flatMap(({ text, start }) => {
    if (!text.startsWith(REVIEWED)) return [];
    const [rule = '', ...reason] = text.slice(REVIEWED.length).split(':');
    return [{ at: start, text: text.trim(), rule: rule.trim(), reason: reason.join(':').trim() }];
  });
}

function notAlone({ statements }: Reading): Finding[] {
  const written = statements.filter(({ within }) => within === undefined);
  if (written.length < 2) return [];
  return written
    .filter(({ tree }) => isConcurrent(tree))
    .map(({ start, kind }) => ({
      rule: 'concurrently-alone',
      at: start,
      fact: `${kind === 'IndexStmt' ? 'CREATE INDEX' : 'a statement with'} CONCURRENTLY stands in a script of ${written.length} statements`,
    }));
}

/**
 * Reads all migrations of some modules, and the platform's.
 *
 * @param prismaFolder absolute path of the folder that holds `platform/` and `<module>/`
 * @returns what is wrong, in the order of the files, and how many migrations were read
 */
export function checkMigrations(
  prismaFolder: string,
  modules: readonly string[],
): { violations: Violation[]; count: number } {
  // The platform's are in every list, and alone in its own.
  const own = modules.map((module) => ({
    module,
    migrations: readMigrations(prismaFolder, module).filter(
      ({ name }) => !name.startsWith(PLATFORM_PREFIX),
    ),
  }));
  const all = [
    { module: 'platform', migrations: readMigrations(prismaFolder, 'platform') },
    ...own,
  ];
  return {
    count: all.reduce((sum, { migrations }) => sum + migrations.length, 0),
    violations: [
      ...all.flatMap(({ module, migrations }) =>
        migrations.flatMap((migration) =>
          checkMigration(module, migration, otherSchemas(prismaFolder, module)),
        ),
      ),
      ...modules.flatMap((module) => typedSql(prismaFolder, module)),
    ],
  };
}

/** The schemas that are not the module's, as far as there are migrations for them. */
export const otherSchemas = (prismaFolder: string, module: string): string[] => [
  ...readdirSync(prismaFolder).filter((name) => name !== module),
  'public',
];

/** Files of Prisma's TypedSQL: SQL that no lint of the sources sees. */
function typedSql(prismaFolder: string, module: string): Violation[] {
  const folder = join(prismaFolder, module, 'sql');
  const files = existsSync(folder)
    ? readdirSync(folder).filter((file) => file.endsWith('.sql'))
    : [];
  return files.map((file) => ({
    module,
    migration: '',
    file: join(module, 'sql', file),
    line: 1,
    rule: 'typed-sql',
    severity: 'error',
    message: `A written statement stands apart from the code that sends it. ${RULES['typed-sql'][1]}. See docs/resolving-violations.md#sql`,
  }));
}
