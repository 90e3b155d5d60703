import type { SourceCode } from 'eslint';
import { type Reading, readStatements, readTemplate, tokensOf } from '../../sql/index.js';
import { asNode, constantOf, exportedName, type Node, unwrap } from './syntax.js';

/** SQL that a file holds: its text, and where in the file each part of it stands. */
export interface SqlText {
  readonly text: string;
  /** It is sent to the database as it stands, by a tag; other strings only look like SQL. */
  readonly isTagged: boolean;
  /** Turns an index of the text into one of the file. */
  readonly place: (at: number) => number;
  /** What stands where a value is put in. */
  readonly holes: readonly { readonly start: number; readonly end: number }[];
}

const TAGS = ['sql', '$queryRaw', '$executeRaw'];

export const isSqlTag = (node: Node, source: SourceCode) =>
  node.type === 'TaggedTemplateExpression' &&
  TAGS.includes(exportedName(asNode(node['tag']), source) ?? '');

/** The text of a tagged template, or of a string or a concatenation; undefined for any other node. */
export function sqlText(node: Node, source: SourceCode): SqlText | undefined {
  const composer = new Composer(source);
  const isTagged = isSqlTag(node, source);
  if (!(isTagged ? composer.template(asNode(node['quasi']), true) : composer.string(node))) {
    return undefined;
  }
  return {
    text: composer.text,
    isTagged,
    place: (at) => composer.place(at),
    holes: composer.holes,
  };
}

class Composer {
  text = '';
  readonly holes: { start: number; end: number }[] = [];
  readonly #pieces: { from: number; at: number; isExact: boolean }[] = [];
  #depth = 0;

  constructor(private readonly source: SourceCode) {}

  place(at: number): number {
    const piece = this.#pieces.findLast(({ from }) => from <= at);
    return (piece?.at ?? 0) + (piece?.isExact ? at - piece.from : 0);
  }

  /** Values of a tagged template become parameters, but fragments in it are part of its text. */
  template(node: Node, isTagged: boolean): boolean {
    const expressions = node['expressions'] as Node[];
    (node['quasis'] as Quasi[]).forEach(({ value, range }, index) => {
      // A quasi's range begins with its backtick or brace. Without a cooked text, it is sent as "undefined".
      this.#add(value.cooked ?? '"', range[0] + 1, value.cooked === value.raw);
      const expression = expressions[index];
      if (expression && !(isTagged ? this.#fragment(expression) : this.string(expression))) {
        this.#hole(expression);
      }
    });
    return true;
  }

  /** A string's text; false, having added nothing, for an expression of another kind. */
  string(given: Node): boolean {
    const node = unwrap(given);
    if (node.type === 'Literal' && typeof node['value'] === 'string') {
      this.#add(node['value'], node.range[0] + 1, node['raw'] === `'${node['value']}'`);
      return true;
    }
    if (node.type === 'TemplateLiteral') return this.template(node, false);
    if (node.type === 'BinaryExpression' && node['operator'] === '+') {
      for (const side of [asNode(node['left']), asNode(node['right'])]) {
        if (!this.string(side)) this.#hole(side);
      }
      return true;
    }
    return this.#resolved(node, (constant) => this.string(constant));
  }

  #fragment(given: Node): boolean {
    const node = unwrap(given);
    if (isSqlTag(node, this.source)) return this.template(asNode(node['quasi']), true);
    return this.#resolved(
      node,
      (constant) => isSqlTag(constant, this.source) && this.#fragment(constant),
    );
  }

  #resolved(node: Node, add: (constant: Node) => boolean): boolean {
    const constant = this.#depth < 10 ? constantOf(node, this.source) : undefined;
    if (!constant) return false;
    this.#depth += 1;
    const isAdded = add(constant);
    this.#depth -= 1;
    return isAdded;
  }

  #hole(node: Node): void {
    const start = this.text.length;
    this.#add(`$${this.holes.length + 1}`, node.range[0], false);
    this.holes.push({ start, end: this.text.length });
  }

  #add(text: string, at: number, isExact: boolean): void {
    this.#pieces.push({ from: this.text.length, at, isExact });
    this.text += text;
  }
}

interface Quasi {
  readonly value: { readonly cooked?: string | null; readonly raw: string };
  readonly range: [number, number];
}

/**
 * Reads SQL with its holes as parameters.
 *
 * @returns undefined for a string that is no SQL
 */
export function readSqlText({ text, isTagged, holes }: SqlText): Reading | undefined {
  if (!isTagged) {
    const read = readStatements(text);
    return read.statements.length > 0 ? read : undefined;
  }
  const reading = readTemplate(text);
  const tokens = tokensOf(text) ?? [];
  // In a quote or a comment, or grown together with a name.
  const unseen = holes.filter(
    (hole) => !tokens.some(({ start, end }) => start === hole.start && end === hole.end),
  );
  const opaque = unseen.map(({ start }) => ({
    what: 'a value is put where no value can be',
    at: start,
  }));
  return { ...reading, opaque: [...reading.opaque, ...opaque] };
}
