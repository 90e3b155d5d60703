import { dottedNames, indexer, parseSql, tokensOf, type Statement, type Tree } from './parse.js';

/** Something that a statement names. */
export interface Mention {
  readonly kind: 'relation' | 'function' | 'type' | 'schema' | 'other';
  /** Undefined where the name stands alone, and `search_path` decides. */
  readonly schema?: string | undefined;
  readonly name: string;
  /** Index in the text that was read. */
  readonly at: number;
  /** False for what stands in a string or a fragment, and may be something else than a name. */
  readonly isSure: boolean;
}

/** A name or a statement that is put together when it runs, so that nobody can say what it reaches. */
export interface Opaque {
  readonly what: string;
  readonly at: number;
}

export interface Found {
  readonly mentions: Mention[];
  readonly opaque: Opaque[];
}

// Lists of plain names: columns, options, arguments. Every other list of names is one qualified name.
const LISTS = new Set(
  [
    'aliascolnames',
    'args',
    'attlist',
    'cols',
    'colnames',
    'columns',
    'fk_attrs',
    'including',
  ].concat([
    'indirection',
    'keys',
    'options',
    'pk_attrs',
    'usingClause',
    'va_cols',
    'vals',
    'withCheckCols',
  ]),
);
/** What is named by its table's name and its own. */
const PARTS = ['COLUMN', 'TRIGGER', 'POLICY', 'RULE', 'TABCONSTRAINT', 'DOMCONSTRAINT'];
const TAKES_NAME = ['nextval', 'currval', 'setval', 'to_regclass', 'to_regproc', 'to_regprocedure'];
const MAX_DEPTH = 4;

/** Everything that a statement names, in any place of its tree and in its strings. */
export function mentionsOf(statement: Pick<Statement, 'tree' | 'kind'>, text: string): Found {
  const found: Found = { mentions: [], opaque: [] };
  new Visit(found, indexer(text), 0).object(statement.tree, statement.kind, 0);
  return found;
}

class Visit {
  constructor(
    private readonly found: Found,
    private readonly index: (byte: number) => number,
    private readonly depth: number,
  ) {}

  object(tree: Tree, key: string, outer: number): void {
    const { location } = tree as { location?: number };
    const at = location !== undefined && location >= 0 ? this.index(location) : outer;
    if ('relname' in tree) this.relation(tree, at);
    if (key === 'A_Const') return this.constant(tree, at);
    if (key === 'FuncCall') this.call(tree, at);
    if (key === 'TypeCast') this.cast(tree, at);
    if (typeof tree['newschema'] === 'string') this.name('schema', [tree['newschema'], ''], at);
    const type = String(tree['objtype'] ?? tree['objectType'] ?? tree['removeType']);
    const isPart =
      tree['pct_type'] === true ||
      tree['defname'] === 'owned_by' ||
      PARTS.some((part) => type === `OBJECT_${part}`);
    // The bodies of functions are read as what they are: in bodies.ts.
    if (tree['defname'] === 'as') return;
    for (const [name, value] of Object.entries(tree)) {
      this.value(
        value,
        name === 'List' || name === 'items' || name === 'String' ? key : name,
        at,
        isPart,
      );
    }
  }

  private value(value: unknown, key: string, at: number, isPart: boolean): void {
    if (Array.isArray(value)) {
      const parts = namesIn(value);
      if (!parts) value.forEach((item) => this.value(item, key, at, isPart));
      else if (!LISTS.has(key)) this.qualified(isPart ? parts.slice(0, -1) : parts, key, at);
    } else if (typeof value === 'object' && value !== null) {
      const list = (value as { List?: { items?: unknown[] } }).List?.items;
      if (list) this.value(list, key, at, isPart);
      else this.object(value as Tree, key, at);
    }
  }

  private qualified(parts: readonly string[], key: string, at: number): void {
    if (key === 'fields') {
      // A column: of a table of a schema, if three names or more are given.
      if (parts.length > 2) this.name('relation', parts.slice(0, -1), at);
    } else if (key === 'funcname') this.name('function', parts, at);
    else if (key === 'names') this.name('type', parts, at);
    else if (parts.length > 1) this.name('other', parts, at);
  }

  private name(kind: Mention['kind'], parts: readonly string[], at: number, isSure = true): void {
    const mention = { kind, schema: parts.at(-2), name: parts.at(-1) ?? '', at };
    this.found.mentions.push({ ...mention, isSure: isSure && this.depth === 0 });
  }

  private relation(tree: Tree, at: number): void {
    const { schemaname, relname } = tree as { schemaname?: string; relname?: string };
    this.name('relation', [...(schemaname ? [schemaname] : []), relname ?? ''], at);
  }

  private call(tree: Tree, at: number): void {
    const { funcname, args = [] } = tree as { funcname: unknown[]; args?: Tree[] };
    const name = namesIn(funcname)?.at(-1) ?? '';
    if (TAKES_NAME.includes(name) && args[0] && constantIn(args[0]) === undefined) {
      this.found.opaque.push({ what: `${name}() is given a name that is computed`, at });
    }
  }

  private cast(tree: Tree, at: number): void {
    const { arg, typeName } = tree as { arg: Tree; typeName: { names?: unknown[] } };
    const type = namesIn(typeName.names ?? [])?.at(-1) ?? '';
    if (!type.startsWith('reg')) return;
    const text = constantIn(arg);
    if (text === undefined)
      this.found.opaque.push({ what: `a computed name is cast to ${type}`, at });
    else if (type === 'regnamespace') this.name('schema', [foldedName(text), ''], at, false);
  }

  private constant(tree: Tree, at: number): void {
    const text = (tree as { sval?: { sval?: string } }).sval?.sval;
    if (!text || this.depth >= MAX_DEPTH) return;
    const inner = new Visit(this.found, () => at, this.depth + 1);
    for (const statement of parseSql(text).statements)
      inner.object(statement.tree, statement.kind, at);
    const [name, ...more] = dottedNames(text);
    // All of the string is a name, with the types of its arguments if it is a function's.
    const rest = name && text.slice(name.end).trim();
    if (name?.start === text.search(/\S/) && (rest === '' || rest?.startsWith('('))) {
      [name, ...more].forEach(({ parts }) => inner.name('other', parts, at, false));
    }
  }
}

/** The names of a list that holds nothing else; a star counts as one. */
function namesIn(list: readonly unknown[]): string[] | undefined {
  const names = list.map((item) => {
    const { String: text, A_Star: star } = item as { String?: { sval?: string }; A_Star?: object };
    return text?.sval ?? (star ? '*' : undefined);
  });
  return names.every((name) => name !== undefined) ? names : undefined;
}

/** The text of a string constant, through casts to text. */
export function constantIn(node: Tree): string | undefined {
  const { A_Const, TypeCast } = node as {
    A_Const?: { sval?: { sval?: string }; ival?: object };
    TypeCast?: { arg: Tree };
  };
  if (TypeCast) return constantIn(TypeCast.arg);
  if (!A_Const) return undefined;
  return A_Const.sval ? (A_Const.sval.sval ?? '') : '';
}

const foldedName = (text: string) => tokensOf(text)?.[0]?.value ?? text;
