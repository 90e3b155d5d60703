import { bodyOf } from './bodies.js';
import { type Mention, mentionsOf, type Opaque } from './mentions.js';
import { dottedNames, parseSql, type Statement, tokensOf } from './parse.js';

/** A statement, and the kind of that in whose body it stands: `CreateFunctionStmt` or `DoStmt`. */
export interface ReadStatement extends Statement {
  readonly within?: string;
}

/** All that a text says. */
export interface Reading {
  /** Those in the bodies of functions come after the statement that makes the function. */
  readonly statements: readonly ReadStatement[];
  readonly mentions: readonly Mention[];
  readonly opaque: readonly Opaque[];
  /** Why the text does not parse, and where. */
  readonly error?: { readonly message: string; readonly at: number };
}

/** Reads a text of whole statements, into the bodies of its functions and its strings. */
export function readSql(text: string): Reading {
  const { statements, error } = parseSql(text);
  const readings = statements.map((statement) => readStatement(statement, text));
  return { ...union(readings), ...(error && { error }) };
}

function readStatement(statement: Statement, text: string): Reading {
  const body = bodyOf(statement);
  const at = statement.start;
  const inner = union(body.texts.map(readBody));
  return {
    statements: [
      statement,
      ...inner.statements.map((found) => ({ ...found, start: at, within: statement.kind })),
    ],
    mentions: [
      ...mentionsOf(statement, text).mentions.map((found) => ({
        ...found,
        at: Math.max(found.at, at),
      })),
      ...inner.mentions.map((found) => ({ ...found, at })),
    ],
    opaque: [
      ...mentionsOf(statement, text).opaque,
      ...body.opaque,
      ...inner.opaque.map((found) => ({ ...found, at })),
    ],
  };
}

/** A type such as `stock%rowtype` is for the lexer; what it cannot read either is opaque. */
function readBody(text: string): Reading {
  const reading = readSql(text);
  if (!reading.error) return reading;
  const names = dottedNames(text).map(({ parts, start }) => ({
    kind: 'other' as const,
    schema: parts[0],
    name: parts[1] ?? '',
    at: start,
    isSure: false,
  }));
  const opaque = tokensOf(text) ? [] : [{ what: 'it does not parse', at: 0 }];
  return { statements: [], mentions: names, opaque };
}

/** All that several texts say. */
export function union(readings: readonly Reading[]): Reading {
  return {
    statements: readings.flatMap(({ statements }) => statements),
    mentions: distinct(readings.flatMap(({ mentions }) => mentions)),
    opaque: distinct(readings.flatMap(({ opaque }) => opaque)),
  };
}

const distinct = <Item>(items: readonly Item[]): Item[] => [
  ...new Map(items.map((item) => [JSON.stringify(item), item])).values(),
];
