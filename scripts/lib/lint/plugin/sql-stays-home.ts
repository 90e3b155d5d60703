import { beginsOther, type Mention, type Reading } from '../../sql/index.js';
import { type SqlFault, type SqlOptions, sqlRule } from './sql-context.js';
import type { SqlText } from './sql-text.js';

const SEE = 'See docs/resolving-violations.md#sql';
const CATALOGS = ['pg_catalog', 'information_schema'];

/** Functions that run a text as SQL, or reach out of the database, and what they end or begin with. */
const RUN_TEXT = [
  'query_to_xml',
  'cursor_to_xml',
  'table_to_xml',
  'schema_to_xml',
  'database_to_xml',
].concat(['dblink', 'crosstab', 'connectby', 'xpath_table', 'ts_stat', 'ts_rewrite']);
const LARGE_OBJECTS = ['lo_', 'loread', 'lowrite'];
/** Functions named `pg_…` that only look at their arguments, or at the own transaction. */
const HARMLESS = [
  'pg_typeof',
  'pg_column_size',
  'pg_size_pretty',
  'pg_size_bytes',
  'pg_input_is_valid',
].concat([
  'pg_current_xact_id',
  'pg_current_snapshot',
  'pg_snapshot_xmin',
  'pg_backend_pid',
  'pg_collation_for',
  'pg_sleep',
]);
/** Those of another rule: sql-kinds. */
const SETTINGS = ['pg_notify', 'pg_advisory', 'pg_try_advisory'];

/** SQL of a module names only what is its own. */
export const sqlStaysHome = sqlRule(
  "SQL of a module names nothing but the module's own schema",
  (reading, sql, options) => [
    ...reading.mentions.flatMap((mention) => fault(mention, sql, options)),
    ...unclear(reading, options, sql),
  ],
);

function unclear(
  { opaque, error }: Reading,
  { module }: SqlOptions,
  { text, isTagged }: SqlText,
): SqlFault[] {
  // What begins as another statement is for sql-kinds.
  if (!isTagged || (error && beginsOther(text))) return [];
  const all = error
    ? [...opaque, { what: `Postgres does not parse it (${error.message})`, at: error.at }]
    : opaque;
  return all.map(({ what, at }) => ({
    at,
    message: `SQL of "${module}" cannot be read: ${what}. Can the names be written down, and values be given by \${}? ${SEE}`,
  }));
}

function fault(
  mention: Mention,
  { isTagged }: SqlText,
  { module, others }: SqlOptions,
): SqlFault[] {
  const { kind, schema, name, at, isSure } = mention;
  const say = (message: string): SqlFault[] => [{ at, message: `${message} ${SEE}` }];
  if (kind === 'function' && (schema === undefined || schema === 'pg_catalog')) {
    const reason = isTagged && reasonAgainst(name);
    return reason ? say(`"${module}" calls ${name}(), which ${reason}`) : [];
  }
  if (schema === undefined) {
    return kind === 'relation' && name.startsWith('pg_') && isTagged && isSure
      ? say(catalog(module, name))
      : [];
  }
  // Postgres' parser itself puts "pg_catalog" before the names of types and of some functions.
  const isBuiltIn = ['type', 'function'].includes(kind) || (kind === 'other' && isSure);
  if (schema === module || (schema === 'pg_catalog' && isBuiltIn)) return [];
  const full = name ? `${schema}.${name}` : schema;
  if (others.includes(schema)) {
    return say(
      `"${module}" names "${full}", and the schema "${schema}" is the module ${schema}'s. Should "${module}" call its contract, hear its events, keep a read copy, or does the code belong there?`,
    );
  }
  if (CATALOGS.includes(schema) || schema.startsWith('pg_')) return say(catalog(module, full));
  if (schema === 'platform' || schema === 'public') {
    return say(
      `"${module}" names "${full}", and the schema "${schema}" is ${schema === 'public' ? "nobody's" : "the platform's"}. Does the platform offer what the code needs?`,
    );
  }
  // A string with a dot may be anything: "v1.2" is no schema.
  if (!isSure || !isTagged) return [];
  return say(
    `"${module}" names "${full}", and the schema "${schema}" is not its own. Is it a misspelling?`,
  );
}

const catalog = (module: string, name: string) =>
  `"${module}" names "${name}", which is Postgres' catalog and tells of all modules. Does the question belong in an operator's command?`;

function reasonAgainst(name: string): string | undefined {
  const begins = (prefixes: readonly string[]) =>
    prefixes.some((prefix) => name.startsWith(prefix));
  if (begins(RUN_TEXT))
    return 'runs a text as SQL, so that nobody can say what it reaches. Can the statement be written down?';
  if (begins(LARGE_OBJECTS))
    return 'keeps large objects, which belong to no schema. Does a column do?';
  if (!name.startsWith('pg_') || HARMLESS.includes(name) || begins(SETTINGS)) return undefined;
  return "is for the server's operator. Does the question belong in a command?";
}
