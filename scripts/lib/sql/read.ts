import { bodyOf } from './bodies.js';
import { type Mention, mentionsOf, type Opaque } from './mentions.js';
import { dottedNames, parseSql, type Statement, tokensOf } from './parse.js';

/** A statement, and whether it stands in the body of a function or a DO. */
export interface ReadStatement extends Statement {
  readonly inBody: boolean;
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
      { ...statement, inBody: false },
      ...inner.statements.map((found) => ({ ...found, start: at, inBody: true })),
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
    inString: true,
  }));
  const opaque = tokensOf(text) ? [] : [{ what: 'it does not parse', at: 0 }];
  return { statements: [], mentions: names, opaque };
}

// Where a fragment may stand. One that parses in several places is read in all of them, since
// "inventory.stock" is a column after SELECT and a table after FROM.
const PLACES: readonly (readonly [before: string, after?: string])[] = [
  ['select '],
  ['select from '],
  ['select from t '],
  ['select from t where true '],
  ['select f() '],
  ['select 1 '],
  ['select case ', ' end'],
  ['update t '],
  ['update t set '],
  ['insert into '],
  ['insert into t '],
  ['insert into t values '],
  ['insert into t default values '],
  ['merge into t using s on true '],
  ['with ', ' select'],
  ['with a as (select) ', ' select'],
  ['with a as (select) '],
];

/**
 * Reads a part of a statement, in every place where it could stand.
 *
 * @returns undefined when it could stand nowhere
 */
export function readFragment(text: string): Reading | undefined {
  const whole = readSql(text);
  if (!whole.error) return whole;
  // A comment at its end would hide what comes after.
  const readings = PLACES.map(([before, after = '']) => ({
    place: before,
    reading: readSql(`${before}${text}\n${after}`),
  })).filter(({ reading }) => !reading.error);
  if (readings.length === 0) return undefined;
  return {
    ...union(
      readings.map(({ place, reading }) => ({
        ...reading,
        mentions: reading.mentions
          .map((mention) => ({ ...mention, at: mention.at - place.length }))
          .filter(({ at }) => at >= 0),
        opaque: reading.opaque.map((found) => ({
          ...found,
          at: Math.max(0, found.at - place.length),
        })),
      })),
    ),
    statements: [],
  };
}

function union(readings: readonly Reading[]): Reading {
  return {
    statements: readings.flatMap(({ statements }) => statements),
    mentions: distinct(readings.flatMap(({ mentions }) => mentions)),
    opaque: distinct(readings.flatMap(({ opaque }) => opaque)),
  };
}

const distinct = <Item>(items: readonly Item[]): Item[] => [
  ...new Map(items.map((item) => [JSON.stringify(item), item])).values(),
];
