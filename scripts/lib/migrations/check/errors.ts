import { type Mention, type Reading, type ReadStatement } from '../../sql/index.js';
import { type Finding, type RuleId } from './rules.js';

/** The schemas that a migration may name, and those that a string in it may not. */
export interface Schemas {
  /** Undefined for the platform, whose migrations reach every module's schema and so name none. */
  readonly own: string | undefined;
  readonly others: readonly string[];
}

const words = (text: string) => text.split(/\s+/);

/** What a migration may hold. All else is refused, so that a statement nobody thought of is, too. */
const ALLOWED = new Set(
  words(`SelectStmt InsertStmt UpdateStmt DeleteStmt MergeStmt CallStmt DoStmt
    CreateStmt CreateTableAsStmt AlterTableStmt IndexStmt ViewStmt RefreshMatViewStmt CreateStatsStmt AlterStatsStmt
    CreateSeqStmt AlterSeqStmt CreateEnumStmt AlterEnumStmt CompositeTypeStmt CreateRangeStmt CreateDomainStmt
    AlterDomainStmt AlterTypeStmt CreateFunctionStmt AlterFunctionStmt CreateTrigStmt RuleStmt CreatePolicyStmt
    AlterPolicyStmt DefineStmt CommentStmt DropStmt RenameStmt TruncateStmt LockStmt ReindexStmt ClusterStmt VacuumStmt
    AlterObjectSchemaStmt TransactionStmt ConstraintsSetStmt`),
);

const REFUSED: Readonly<Record<string, RuleId>> = {
  VariableSetStmt: 'setting',
  CopyStmt: 'copy',
  ...Object.fromEntries(
    words(`GrantStmt GrantRoleStmt AlterDefaultPrivilegesStmt AlterOwnerStmt ReassignOwnedStmt DropOwnedStmt
      CreateRoleStmt AlterRoleStmt AlterRoleSetStmt DropRoleStmt SecLabelStmt`).map((kind) => [
      kind,
      'rights',
    ]),
  ),
};

/** Kinds of objects that are a database's or a server's, of those that DROP, ALTER and RENAME know. */
const SERVER_OBJECTS =
  words(`SCHEMA EXTENSION FOREIGN_SERVER FDW FOREIGN_TABLE PUBLICATION SUBSCRIPTION EVENT_TRIGGER
  LANGUAGE TRANSFORM ACCESS_METHOD DATABASE TABLESPACE ROLE USER_MAPPING CAST LARGEOBJECT PARAMETER_ACL`);

const RUNS_TEXT = words(
  'query_to_xml cursor_to_xml table_to_xml schema_to_xml database_to_xml dblink ts_stat ts_rewrite',
);

/** What is refused in a migration, bodies of functions and strings included. */
export function errorsOf(reading: Reading, schemas: Schemas): Finding[] {
  const { statements, mentions, opaque, error } = reading;
  return [
    ...(error ? [{ rule: 'unparsable' as const, at: error.at, fact: error.message }] : []),
    ...statements.flatMap(ofStatement),
    ...mentions.flatMap((mention) => ofMention(mention, schemas)),
    ...opaque.map(({ what, at }) => ({ rule: 'unreadable' as const, at, fact: what })),
  ];
}

function ofStatement(statement: ReadStatement): Finding[] {
  const { kind, tree, start: at, text } = statement;
  const find = (rule: RuleId, fact = quoted(text)): Finding[] => [{ rule, at, fact }];
  if (
    kind === 'VariableSetStmt' &&
    ['role', 'session_authorization'].includes(String(tree['name']))
  ) {
    return find('rights');
  }
  if (!ALLOWED.has(kind)) return find(REFUSED[kind] ?? 'server-object');
  if (optionsOf(tree).some(({ defname, arg }) => defname === 'security' && arg?.Boolean?.boolval)) {
    return find('security-definer');
  }
  if (optionsOf(tree).some(({ defname }) => defname === 'set')) return find('setting');
  const type = (tree['removeType'] ?? tree['renameType'] ?? tree['objtype']) as string | undefined;
  if (SERVER_OBJECTS.some((object) => type === `OBJECT_${object}`) && kind !== 'CommentStmt')
    return find('server-object');
  const commands = commandsOf(tree);
  if (commands.includes('AT_ChangeOwner')) return find('rights');
  if (tree['tablespacename'] || commands.includes('AT_SetTableSpace')) return find('server-object');
  return [];
}

function ofMention(mention: Mention, { own, others }: Schemas): Finding[] {
  const { kind, schema, name, at, isSure } = mention;
  const call = kind === 'function' && (schema === undefined || schema === 'pg_catalog') ? name : '';
  if (call === 'set_config' || (kind === 'relation' && name === 'pg_settings')) {
    return [{ rule: 'setting', at, fact: `it changes settings by ${name}` }];
  }
  if (RUNS_TEXT.some((prefix) => call.startsWith(prefix))) {
    return [{ rule: 'unreadable', at, fact: `${call}() runs a text as SQL` }];
  }
  if (call.startsWith('lo_')) {
    return [{ rule: 'server-object', at, fact: `${call}() keeps large objects` }];
  }
  // The catalogs only tell what there is.
  if (!schema || schema === own || ['pg_catalog', 'information_schema'].includes(schema)) return [];
  if (!isSure && !others.includes(schema)) return [];
  const full = name ? `${schema}.${name}` : schema;
  const fact = own
    ? `it names "${full}", and the module's schema is "${own}"`
    : `it names "${full}", and the platform's migrations run in every module's schema`;
  return [{ rule: 'own-schema', at, fact }];
}

interface Option {
  readonly defname: string;
  readonly arg?: { readonly Boolean?: { readonly boolval?: boolean } };
}

const optionsOf = (tree: Readonly<Record<string, unknown>>): Option[] =>
  ((tree['options'] ?? tree['actions'] ?? []) as { DefElem?: Option }[]).flatMap(
    ({ DefElem }) => DefElem ?? [],
  );

const commandsOf = (tree: Readonly<Record<string, unknown>>): string[] =>
  ((tree['cmds'] ?? []) as { AlterTableCmd?: { subtype: string } }[]).flatMap(
    ({ AlterTableCmd }) => AlterTableCmd?.subtype ?? [],
  );

/** The beginning of a statement, on one line. */
export function quoted(text: string): string {
  const line = text.trim().split(/\s+/).join(' ');
  return `"${line.length > 70 ? `${line.slice(0, 67)}…` : line}"`;
}
