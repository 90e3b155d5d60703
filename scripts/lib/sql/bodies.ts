import { constantIn, type Opaque } from './mentions.js';
import { parsePlpgsql, parseSql, type Statement, tokensOf, type Tree } from './parse.js';

/** SQL that stands inside a statement: in the body of a function or a DO. */
export interface Body {
  readonly texts: readonly string[];
  readonly opaque: readonly Opaque[];
}

/** The SQL in the body of a `create function` or DO; nothing for other statements. */
export function bodyOf({ kind, tree, text, start }: Statement): Body {
  if (kind !== 'CreateFunctionStmt' && kind !== 'DoStmt') return { texts: [], opaque: [] };
  const options = ((kind === 'DoStmt' ? tree['args'] : tree['options']) ?? []) as OptionNode[];
  const option = (name: string) =>
    options.find(({ DefElem }) => DefElem.defname === name)?.DefElem.arg;
  const source = textOf(option('as'));
  if (source === undefined) return { texts: [], opaque: [] };
  const language = textOf(option('language')) ?? (kind === 'DoStmt' ? 'plpgsql' : 'sql');
  if (language.toLowerCase() === 'sql') return { texts: [source], opaque: [] };
  try {
    if (language.toLowerCase() === 'plpgsql') return plpgsqlBody(parsePlpgsql(text), start);
    return unreadable(`a body in the language "${language}" is not read`, start);
  } catch (error) {
    return unreadable(`its body does not parse: ${(error as Error).message}`, start);
  }
}

interface OptionNode {
  readonly DefElem: { readonly defname: string; readonly arg?: ArgNode };
}
interface ArgNode {
  readonly String?: { readonly sval?: string };
  readonly List?: { readonly items: readonly ArgNode[] };
}

const textOf = (arg: ArgNode | undefined): string | undefined =>
  arg?.String?.sval ?? arg?.List?.items[0]?.String?.sval;

const unreadable = (what: string, at: number): Body => ({ texts: [], opaque: [{ what, at }] });

const DYNAMIC = ['PLpgSQL_stmt_dynexecute', 'PLpgSQL_stmt_dynfors'];

function plpgsqlBody(tree: unknown, at: number): Body {
  const texts: string[] = [];
  const opaque: Opaque[] = [];
  const visit = (node: unknown, isDynamic: boolean): void => {
    if (Array.isArray(node)) return node.forEach((item) => visit(item, isDynamic));
    if (typeof node !== 'object' || node === null) return;
    for (const [key, value] of Object.entries(node as Tree)) {
      if (key === 'typname') texts.push(`select null::${String(value)}`);
      if (key !== 'PLpgSQL_expr') {
        visit(value, key === 'dynquery' || (key === 'query' && isDynamic) || DYNAMIC.includes(key));
        continue;
      }
      const expression = value as Expression;
      texts.push(statementOf(expression));
      if (!isDynamic) continue;
      const executed = constantOf(expression.query);
      if (executed !== undefined) texts.push(executed);
      else opaque.push({ what: `EXECUTE ${expression.query} is put together when it runs`, at });
    }
  };
  visit(tree, false);
  return { texts, opaque };
}

interface Expression {
  readonly query: string;
  /** As in Postgres' RawParseMode: 0 a statement, 1 a type, 2 an expression, from 3 on an assignment. */
  readonly parseMode?: number;
}

function statementOf({ query, parseMode = 0 }: Expression): string {
  if (parseMode === 0) return query;
  if (parseMode < 3) return `select ${query}`;
  const assigned = tokensOf(query)?.find(({ text }) => text === ':=' || text === '=');
  return `select ${query.slice(assigned?.end ?? 0)}`;
}

/** The value of an expression that is one string constant. */
function constantOf(expression: string): string | undefined {
  const [statement] = parseSql(`select ${expression}`).statements;
  const [target] = (statement?.tree['targetList'] ?? []) as { ResTarget?: { val?: Tree } }[];
  return target?.ResTarget?.val && constantIn(target.ResTarget.val);
}
