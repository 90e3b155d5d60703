import { type ReadStatement, type Tree } from '../../sql/index.js';
import { quoted } from './errors.js';
import { type Finding, type RuleId } from './rules.js';

interface Constraint {
  readonly contype: string;
  readonly skip_validation?: boolean;
  readonly indexname?: string;
  readonly raw_expr?: Tree;
}
interface Column {
  readonly colname: string;
  readonly typeName?: {
    readonly names?: readonly { readonly String?: { readonly sval: string } }[];
  };
  readonly constraints?: readonly { readonly Constraint: Constraint }[];
}
interface Command {
  readonly subtype: string;
  readonly def?: { readonly ColumnDef?: Column; readonly Constraint?: Constraint };
}
interface Relation {
  readonly relname: string;
  readonly relpersistence?: string;
}

const KEYS = ['CONSTR_PRIMARY', 'CONSTR_UNIQUE', 'CONSTR_EXCLUSION'];
const CHECKS = ['CONSTR_FOREIGN', 'CONSTR_CHECK'];
/** Functions with one value for all of a statement, so that the rows need not be written. */
const STABLE = [
  'now',
  'transaction_timestamp',
  'statement_timestamp',
  'timezone',
  'current_setting',
];

/** What locks or rewrites tables, breaks the version that runs, or cannot be moved later. */
export function warningsOf(statements: readonly ReadStatement[]): Finding[] {
  const executed = statements.filter(({ within }) => within !== 'CreateFunctionStmt');
  const created = new Set(executed.map(({ kind, tree }) => createdTable(kind, tree)?.relname));
  return executed.flatMap(({ kind, tree, start, text }) => {
    const tables = tablesOf(tree);
    const isNew = tables.length > 0 && tables.every((table) => created.has(table));
    const rules = [...ofCreated(kind, tree, executed), ...(isNew ? [] : ofExisting(kind, tree))];
    return [...new Set(rules)].map((rule) => ({ rule, at: start, fact: quoted(text) }));
  });
}

/** The tables that a statement changes, as far as it says. */
function tablesOf(tree: Tree): string[] {
  const {
    relation,
    relations = [],
    objects = [],
  } = tree as {
    relation?: Relation;
    relations?: { RangeVar: Relation }[];
    objects?: { List?: { items: { String: { sval: string } }[] } }[];
  };
  return [
    ...(relation ? [relation.relname] : []),
    ...relations.map(({ RangeVar }) => RangeVar.relname),
    ...objects.map(({ List }) => List?.items.at(-1)?.String.sval ?? ''),
  ];
}

function createdTable(kind: string, tree: Tree): Relation | undefined {
  if (kind === 'CreateStmt') return tree['relation'] as Relation;
  return kind === 'CreateTableAsStmt' ? (tree['into'] as { rel: Relation }).rel : undefined;
}

function ofCreated(kind: string, tree: Tree, statements: readonly ReadStatement[]): RuleId[] {
  const table = createdTable(kind, tree);
  if (!table || table.relpersistence === 't' || tree['objtype'] === 'OBJECT_MATVIEW') return [];
  const elements = (tree['tableElts'] ?? []) as { ColumnDef?: Column; Constraint?: Constraint }[];
  const constraints = elements.flatMap(({ ColumnDef, Constraint }) =>
    Constraint ? [Constraint] : constraintsOf(ColumnDef),
  );
  const later = statements.filter(
    ({ tree: other }) => (other['relation'] as Relation | undefined)?.relname === table.relname,
  );
  const hasKey = [
    ...constraints,
    ...later.flatMap(({ tree: other }) => commandsOf(other).map(({ def }) => def?.Constraint)),
  ].some((constraint) => constraint?.contype === 'CONSTR_PRIMARY');
  // A partition has its parent's key, and LIKE may bring one along.
  const isPart =
    tree['partbound'] !== undefined || elements.some((element) => 'TableLikeClause' in element);
  return [
    ...(hasKey || isPart ? [] : (['no-primary-key'] as const)),
    ...(table.relpersistence === 'u' ? (['unlogged'] as const) : []),
  ];
}

function ofExisting(kind: string, tree: Tree): RuleId[] {
  switch (kind) {
    case 'AlterTableStmt':
      return commandsOf(tree).flatMap(ofCommand);
    case 'RenameStmt':
      return BREAKING_RENAMES.includes(String(tree['renameType'])) ? ['rename'] : [];
    case 'AlterEnumStmt':
      return tree['oldVal'] === undefined ? [] : ['rename'];
    case 'DropStmt':
      return ['OBJECT_TABLE', 'OBJECT_VIEW', 'OBJECT_MATVIEW'].includes(String(tree['removeType']))
        ? ['drop-table']
        : [];
    case 'IndexStmt':
      return tree['concurrent'] ? [] : ['index'];
    case 'UpdateStmt':
    case 'DeleteStmt':
      return ['rows-at-once'];
    case 'RefreshMatViewStmt':
      return tree['concurrent'] ? [] : ['lock'];
    case 'ReindexStmt':
      return isConcurrent(tree) ? [] : ['lock'];
    case 'LockStmt':
    case 'TruncateStmt':
    case 'ClusterStmt':
    case 'VacuumStmt':
      return tree['is_vacuumcmd'] === false ? [] : ['lock'];
    default:
      return [];
  }
}

const BREAKING_RENAMES = [
  'OBJECT_TABLE',
  'OBJECT_COLUMN',
  'OBJECT_VIEW',
  'OBJECT_TYPE',
  'OBJECT_ATTRIBUTE',
  'OBJECT_FUNCTION',
];

function ofCommand({ subtype, def }: Command): RuleId[] {
  switch (subtype) {
    case 'AT_DropColumn':
      return ['drop-column'];
    case 'AT_SetNotNull':
      return ['set-not-null'];
    case 'AT_AlterColumnType':
      return ['type-change'];
    case 'AT_SetUnLogged':
      return ['unlogged'];
    case 'AT_AddColumn':
      return def?.ColumnDef ? ofColumn(def.ColumnDef) : [];
    case 'AT_AddConstraint':
      return def?.Constraint ? ofConstraint(def.Constraint) : [];
    default:
      return [];
  }
}

function ofConstraint({ contype, skip_validation, indexname }: Constraint): RuleId[] {
  if (KEYS.includes(contype)) return indexname ? [] : ['unique-constraint'];
  return CHECKS.includes(contype) && !skip_validation ? ['constraint'] : [];
}

function ofColumn(column: Column): RuleId[] {
  const constraints = constraintsOf(column);
  const has = (type: string) => constraints.find(({ contype }) => contype === type);
  const type = column.typeName?.names?.at(-1)?.String?.sval ?? '';
  const isFilled = type.endsWith('serial') || has('CONSTR_IDENTITY') || has('CONSTR_GENERATED');
  const isVolatile = isFilled || callsVolatile(has('CONSTR_DEFAULT')?.raw_expr);
  return [
    ...(has('CONSTR_NOTNULL') && !has('CONSTR_DEFAULT') && !isFilled
      ? (['required-column'] as const)
      : []),
    ...(isVolatile ? (['volatile-default'] as const) : []),
    // A new column is empty, or has one value: only a reference has to look that up in the other table.
    ...constraints.filter(({ contype }) => contype !== 'CONSTR_CHECK').flatMap(ofConstraint),
  ];
}

const constraintsOf = (column: Column | undefined): Constraint[] =>
  (column?.constraints ?? []).map(({ Constraint }) => Constraint);

function callsVolatile(tree: unknown): boolean {
  if (typeof tree !== 'object' || tree === null) return false;
  const { funcname } = tree as { funcname?: { String: { sval: string } }[] };
  const name = funcname?.at(-1)?.String.sval;
  return (name !== undefined && !STABLE.includes(name)) || Object.values(tree).some(callsVolatile);
}

const commandsOf = (tree: Tree): Command[] =>
  ((tree['cmds'] ?? []) as { AlterTableCmd: Command }[]).map(({ AlterTableCmd }) => AlterTableCmd);

export const isConcurrent = (tree: Tree): boolean =>
  tree['concurrent'] === true ||
  ((tree['params'] ?? []) as { DefElem: { defname: string } }[]).some(
    ({ DefElem }) => DefElem.defname === 'concurrently',
  );
