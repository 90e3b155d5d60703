import { beginsOther, type Reading, type ReadStatement, tokensOf } from '../../sql/index.js';
import { type SqlFault, sqlRule } from './sql-context.js';
import type { SqlText } from './sql-text.js';

const SEE = 'See docs/resolving-violations.md#sql';

const ALLOWED = ['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'];

const WHY: readonly (readonly [words: string, why: string])[] = [
  [
    'set reset show discard',
    'settings, the role and search_path belong to the login role, and to provisioning',
  ],
  [
    'begin start commit end rollback abort savepoint release',
    'transactions belong to the runner: db.transaction',
  ],
  ['listen notify unlisten', 'waking others up is for the platform; a module publishes an event'],
  [
    'create alter drop truncate comment refresh reindex cluster',
    'tables change in migrations: npm run migration:create',
  ],
  ['grant revoke reassign security', "rights come from provisioning, by the modules' manifests"],
  ['copy load import', 'it reads and writes past the tables of the module'],
  [
    'do call',
    'what it runs cannot be seen from here; write the statements down, or a function and select it',
  ],
  ['lock', 'a locked table stops everybody; lock the rows, by FOR UPDATE'],
  ['prepare execute deallocate declare fetch move close', 'the runner prepares statements itself'],
];
const OTHERWISE = 'it is for an operator';

const FUNCTIONS: readonly (readonly [prefixes: readonly string[], why: string])[] = [
  [['set_config', 'current_setting'], 'settings belong to the login role, and to provisioning'],
  [['pg_notify'], 'waking others up is for the platform; a module publishes an event'],
  [
    ['pg_advisory', 'pg_try_advisory'],
    'its keys are shared by the whole database, and other modules may use the same; lock a row, by FOR UPDATE',
  ],
];

/** SQL of a module reads and writes rows, and nothing else. */
export const sqlKinds = sqlRule(
  'SQL of a module is SELECT, INSERT, UPDATE, DELETE, MERGE or VALUES',
  (reading, sql, { module }) => {
    const say = (at: number, what: string, why: string): SqlFault => ({
      at,
      message: `"${module}" sends ${what}, which modules do not: ${why}. Where does it belong? ${SEE}`,
    });
    const statements =
      reading.error || reading.statements.length === 0 ? unparsed(sql) : refused(reading, sql);
    return [
      ...statements.map(({ at, word }) => say(at, word.toUpperCase(), whyNot(word))),
      ...reading.statements
        .filter(({ kind, tree }) => kind === 'SelectStmt' && tree['intoClause'])
        .map(({ start }) => say(start, 'SELECT INTO', whyNot('create'))),
      ...(sql.isTagged ? calls(reading) : []).map(({ at, name, why }) => say(at, `${name}()`, why)),
    ];
  },
);

/** Words that also begin sentences: strings that only look like these statements are left alone. */
const ENGLISH =
  'set reset show discard begin start commit end rollback abort savepoint release listen notify unlisten'
    .concat(
      ' lock prepare execute deallocate declare fetch move close call load import checkpoint explain',
    )
    .split(' ');
const NEVER_ENGLISH = ['role', 'search_path', 'session_authorization'];

function refused({ statements }: Reading, { isTagged }: SqlText) {
  return statements
    .filter(({ kind }) => !ALLOWED.includes(kind))
    .map((statement) => ({ at: statement.start, word: firstWord(statement.text), statement }))
    .filter(
      ({ word, statement }) => isTagged || !ENGLISH.includes(word) || isUnmistakable(statement),
    );
}

const isUnmistakable = ({ tree }: ReadStatement) => NEVER_ENGLISH.includes(String(tree['name']));

function unparsed({ text, isTagged }: SqlText) {
  return isTagged && beginsOther(text) ? [{ at: 0, word: firstWord(text) }] : [];
}

const firstWord = (text: string) => tokensOf(text)?.[0]?.value ?? '';

const whyNot = (word: string) =>
  WHY.find(([words]) => words.split(' ').includes(word))?.[1] ?? OTHERWISE;

const calls = ({ mentions }: Reading) =>
  mentions.flatMap(({ kind, name, at }) => {
    if (kind !== 'function') return [];
    const found = FUNCTIONS.find(([prefixes]) =>
      prefixes.some((prefix) => name.startsWith(prefix)),
    );
    return found ? [{ at, name, why: found[1] }] : [];
  });
