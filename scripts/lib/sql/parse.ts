import { hasSqlDetails, loadModule, parsePlPgSQLSync, parseSync, scanSync } from 'libpg-query';

// Once: everything after this is synchronous, as ESLint's rules have to be.
await loadModule();

/** A node of Postgres' own parse tree, by the names of its C structures. */
export type Tree = Readonly<Record<string, unknown>>;

/** One statement of a text. */
export interface Statement {
  /** The node's name in Postgres, such as `SelectStmt`. */
  readonly kind: string;
  readonly tree: Tree;
  readonly text: string;
  /** Index of its first word in the text that was read. */
  readonly start: number;
}

/** A text as Postgres' parser sees it: its statements, or why and where it refuses it. */
export interface Parsed {
  readonly statements: readonly Statement[];
  readonly error?: { readonly message: string; readonly at: number };
}

/** One word or sign of a text; comments and white space are none. */
export interface Token {
  /** As Postgres would read it: an unquoted name in lower case, a quoted one without its quotes. */
  readonly value: string;
  /** Whether it could be a name; keywords could, somewhere. */
  readonly isName: boolean;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Remembers what a text came to: the rules of a lint ask about the same text in turn. */
export function remembered<Result>(work: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>();
  return (text) => {
    const found = known.get(text) ?? work(text);
    if (known.size > 5_000) known.clear();
    known.set(text, found);
    return found;
  };
}

/** Parses a text of any number of statements. Throws nothing: a text that is no SQL gives an error. */
export const parseSql = remembered((text): Parsed => {
  if (text.trim() === '') return { statements: [] };
  try {
    const parsed = parseSync(text) as unknown as { stmts?: RawStatement[] };
    return { statements: (parsed.stmts ?? []).map((raw) => statementOf(text, raw)) };
  } catch (error) {
    const details = hasSqlDetails(error) ? error.sqlDetails : undefined;
    const at = [...text].slice(0, details?.cursorPosition ?? 0).join('').length;
    return { statements: [], error: { message: details?.message ?? String(error), at } };
  }
});

interface RawStatement {
  readonly stmt: Readonly<Record<string, Tree>>;
  readonly stmt_location?: number;
  readonly stmt_len?: number;
}

function statementOf(text: string, raw: RawStatement): Statement {
  const [kind = '', tree = {}] = Object.entries(raw.stmt)[0] ?? [];
  const from = raw.stmt_location ?? 0;
  const index = indexer(text);
  const [start, end] = [index(from), raw.stmt_len ? index(from + raw.stmt_len) : text.length];
  const own = text.slice(start, end);
  return { kind, tree, text: own, start: start + (tokensOf(own)?.[0]?.start ?? 0) };
}

/** Turns the parser's positions, which count UTF-8 bytes, into indexes of the text. */
export function indexer(text: string): (byte: number) => number {
  const bytes = Buffer.from(text);
  if (bytes.length === text.length) return (byte) => byte;
  return (byte) => bytes.subarray(0, byte).toString().length;
}

const COMMENTS = ['C_COMMENT', 'SQL_COMMENT'];

/** The words and signs of a text, by Postgres' own lexer; undefined where a quote or comment does not end. */
export const tokensOf = remembered((text): readonly Token[] | undefined => {
  // The lexer fails on nothing at all.
  if (text.trim() === '') return [];
  const index = indexer(text);
  try {
    return scanSync(text)
      .tokens.filter(({ tokenName }) => !COMMENTS.includes(tokenName))
      .map(({ start, end, tokenName, keywordName }) => {
        const written = text.slice(index(start), index(end));
        const isName = tokenName === 'IDENT' || keywordName !== 'NO_KEYWORD' || isEscaped(written);
        const value = isName ? foldName(written) : written;
        return { value, isName, text: written, start: index(start), end: index(end) };
      });
  } catch {
    return undefined;
  }
});

const isEscaped = (written: string) => written.toUpperCase().startsWith('U&"');

const foldName = (written: string) =>
  written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written.toLowerCase();

/** The comments of a text, with their signs. */
export function commentsOf(text: string): { text: string; start: number }[] {
  if (!tokensOf(text)?.length) return [];
  const index = indexer(text);
  return scanSync(text)
    .tokens.filter(({ tokenName }) => COMMENTS.includes(tokenName))
    .map(({ start, end }) => ({ text: text.slice(index(start), index(end)), start: index(start) }));
}

/** The names of a text that are joined by dots, as its lexer sees them: for texts that do not parse. */
export function dottedNames(text: string): { parts: string[]; start: number; end: number }[] {
  const found: { parts: string[]; start: number; end: number }[] = [];
  const tokens = tokensOf(text) ?? [];
  tokens.forEach((token, index) => {
    const last = found.at(-1);
    const isNext = tokens[index - 1]?.text === '.' && last?.end === tokens[index - 2]?.end;
    if (!token.isName) return;
    if (last && isNext)
      Object.assign(last, { parts: [...last.parts, token.value], end: token.end });
    else found.push({ parts: [token.value], start: token.start, end: token.end });
  });
  return found.filter(({ parts }) => parts.length > 1);
}

/**
 * The tree of a `create function … language plpgsql` or a DO.
 *
 * @throws {SqlError} when its body is no PL/pgSQL
 */
export const parsePlpgsql = (statement: string): unknown => parsePlPgSQLSync(statement);
