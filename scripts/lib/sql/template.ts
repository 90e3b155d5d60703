import { type Opaque } from './mentions.js';
import { remembered, tokensOf, type Token } from './parse.js';
import { type Reading, readSql, union } from './read.js';

// Where a fragment may stand. One that parses in several places is read in all of them, since
// "a.b" is a column after SELECT and a table after FROM.
const PLACES: readonly (readonly [before: string, after?: string])[] = [
  ['', 'set a = 1'],
  ['', 'select'],
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

/** Words that begin statements, and no fragment of those that a module may send. */
const STARTS = [
  ...[
    'abort',
    'alter',
    'analyze',
    'begin',
    'call',
    'checkpoint',
    'close',
    'cluster',
    'comment',
    'commit',
    'copy',
  ],
  ...[
    'create',
    'deallocate',
    'declare',
    'discard',
    'do',
    'drop',
    'execute',
    'explain',
    'fetch',
    'grant',
    'import',
  ],
  ...[
    'listen',
    'load',
    'lock',
    'move',
    'notify',
    'prepare',
    'reassign',
    'refresh',
    'reindex',
    'release',
    'reset',
  ],
  ...[
    'revoke',
    'rollback',
    'savepoint',
    'security',
    'show',
    'start',
    'truncate',
    'unlisten',
    'vacuum',
  ],
];
const SETTINGS = [
  'role',
  'search_path',
  'local',
  'session',
  'session_authorization',
  'transaction',
];
const BEFORE_NAMES = ['from', 'join', 'into', 'update', 'table', 'only', ','];
const NAME = 'a name in it is put together when it runs';

/**
 * Reads a statement, or a fragment of one, whose `$1`, `$2`, … stand for what is put in. A parameter that
 * cannot be a value is a fragment, which is read where it is written, and is left out here. A text that
 * cannot be read gives its error, and what is unclear about it in any case.
 */
export const readTemplate = remembered((text): Reading => {
  const reading = readLeavingOut(text);
  if (!reading.error && !isAssignment(text))
    return { ...reading, opaque: [...reading.opaque, ...unclearParameters(text)] };
  const fragment = beginsOther(text) ? undefined : readFragment(text);
  const { opaque, error, ...read } = fragment ?? reading;
  const unclear = [...opaque, ...unclearParameters(text)];
  return { ...read, opaque: unclear, ...(error && unclear.length === 0 && { error }) };
});

/** Reads what may be SQL or any other text: whole statements only. */
export const readStatements = remembered((text): Reading => readLeavingOut(text));

/** Whether the text begins as another statement does than those that read and write rows. */
export function beginsOther(text: string): boolean {
  const first = tokensOf(text)?.[0]?.value ?? '';
  return STARTS.includes(first) || (first === 'set' && !isAssignment(text));
}

/** `set note = $1` is a part of an UPDATE, although Postgres would take it for a setting. */
function isAssignment(text: string): boolean {
  const [first, second, third] = tokensOf(text) ?? [];
  return first?.value === 'set' && third?.text === '=' && !SETTINGS.includes(second?.value ?? '');
}

function readFragment(text: string): Reading | undefined {
  const readings = PLACES.flatMap(([before, after = '']) => {
    // On a line of its own, since a comment at the end of the text would hide it.
    const reading = readLeavingOut(`${before}${text}\n${after}`);
    if (reading.error) return [];
    const moved = <Item extends { at: number }>(items: readonly Item[]) =>
      items.flatMap((item) =>
        item.at < before.length ? [] : [{ ...item, at: item.at - before.length }],
      );
    return [{ ...reading, mentions: moved(reading.mentions), opaque: moved(reading.opaque) }];
  });
  if (readings.length === 0) return undefined;
  const { mentions, opaque } = union(readings);
  const unsure = mentions.map((found) => ({ ...found, isSure: found.isSure && !found.schema }));
  return { statements: [], mentions: unsure, opaque };
}

function readLeavingOut(text: string, opaque: readonly Opaque[] = []): Reading {
  const reading = readSql(text);
  if (!reading.error) return { ...reading, opaque: [...opaque, ...reading.opaque] };
  const { at } = reading.error;
  const tokens = tokensOf(text) ?? [];
  const index = tokens.findIndex((token) => token.start === at && isParameter(token));
  if (index < 0) return { ...reading, opaque: [...opaque, ...reading.opaque] };
  const { start, end } = tokens[index]!;
  if (isWholeStatement(tokens, index)) {
    return readLeavingOut(`${text.slice(0, start)}select${text.slice(end)}`, opaque);
  }
  const isName = BEFORE_NAMES.includes(tokens[index - 1]?.text.toLowerCase() ?? '');
  return readLeavingOut(text.slice(0, start) + ' '.repeat(end - start) + text.slice(end), [
    ...opaque,
    ...(isName ? [{ what: NAME, at: start }] : []),
  ]);
}

/** `with a as ($1)`: a statement that is read where it is written. */
const isWholeStatement = (tokens: readonly Token[], index: number) =>
  tokens[index - 2]?.value === 'as' &&
  tokens[index - 1]?.text === '(' &&
  tokens[index + 1]?.text === ')';

const isParameter = ({ text }: Token) =>
  text.startsWith('$') && !Number.isNaN(Number(text.slice(1)));

/** Parameters that would complete a name, were they fragments. */
function unclearParameters(text: string): Opaque[] {
  const tokens = tokensOf(text);
  if (!tokens) return [{ what: 'a quote or a comment in it does not end', at: 0 }];
  return tokens.flatMap((token, index) => {
    if (!isParameter(token)) return [];
    const [before, after] = [tokens[index - 1], tokens[index + 1]];
    const isUnclear =
      [before?.text, after?.text].includes('.') ||
      (before?.isName && before.end === token.start) ||
      (after && (after.isName || after.text === '(') && after.start === token.end);
    return isUnclear ? [{ what: NAME, at: token.start }] : [];
  });
}
