import type { Rule, SourceCode } from 'eslint';
import { tokensOf } from '../../sql/index.js';
import {
  asNode,
  constantOf,
  constantText,
  definitionOf,
  exportedName,
  memberName,
  type Node,
  unwrap,
} from './syntax.js';

const SEE = 'See docs/resolving-violations.md#sql';
/** What sends a text, and what sends a template instead. */
const UNSAFE: ReadonlyMap<string, string> = new Map([
  ['$queryRawUnsafe', '$queryRaw'],
  ['$executeRawUnsafe', '$executeRaw'],
  ['$queryRawTyped', '$queryRaw'],
]);
const RAW = ['$queryRaw', '$executeRaw'];
const CLIENTS = ['prisma', 'tx'];
const GATES = ['query', 'transaction', '$transaction'];
const SOURCES = ['sql-template-tag', '#platform/database'];
const MAKERS = ['raw', 'Sql', 'bulk'];
/** All that may stand between values which are joined. */
const BETWEEN = ['and', 'or', 'union', 'all', 'intersect', 'except'];

/** SQL is written down, in templates that turn values into parameters; no text becomes SQL when the app runs. */
export const noUnsafeSql: Rule.RuleModule = {
  meta: {
    type: 'problem',
    docs: { description: 'SQL is a tagged template, and no text becomes SQL at run time' },
    hasSuggestions: true,
    schema: [
      {
        type: 'object',
        properties: { constants: { type: 'boolean' } },
        additionalProperties: false,
      },
    ],
    messages: {
      unsafe: `"{{what}}" sends a text as SQL, whatever is in it. Can it be a tagged template: sql\`…\`? ${SEE}`,
      raw: `"{{what}}" makes SQL of a text, whatever is in it. Can it be a tagged template: sql\`…\`? ${SEE}`,
      tag: `"{{what}}" is used as something else than the tag of a template, and so takes texts that nobody has read. Can it be sql\`…\`? ${SEE}`,
      string: `"{{what}}" is given a text that is not a tagged template. Can it be sql\`…\`, with the values in \${}? ${SEE}`,
      computed: `A member of the database client is chosen by "{{what}}" when the app runs, and may be $queryRawUnsafe. Can its name be written down? ${SEE}`,
      separator: `"{{what}}" is put between values as SQL. Can it be a comma, AND, OR or UNION? ${SEE}`,
      source: `"{{what}}" is imported past the platform. Does sql of #platform/database do? ${SEE}`,
      template: 'Write it as a tagged template',
    },
  },
  create: (context) => new UnsafeSql(context).listeners(),
};

class UnsafeSql {
  private readonly source: SourceCode;
  /** In the platform: constant texts may be sent, and sql-template-tag is at home. */
  private readonly isPlatform: boolean;

  constructor(private readonly context: Rule.RuleContext) {
    this.source = context.sourceCode;
    this.isPlatform =
      (context.options[0] as { constants?: boolean } | undefined)?.constants === true;
  }

  listeners(): Rule.RuleListener {
    const on = (check: (node: Node) => void) => (node: unknown) => check(asNode(node));
    return {
      Identifier: on((node) => this.identifier(node)),
      Literal: on((node) => this.text(node)),
      TemplateLiteral: on((node) => this.text(node)),
      BinaryExpression: on((node) => this.text(node)),
      MemberExpression: on((node) => this.member(node)),
      CallExpression: on((node) => this.call(node)),
      ObjectPattern: on((node) => this.pattern(node)),
      TSAsExpression: on((node) => this.cast(node)),
      TSTypeAssertion: on((node) => this.cast(node)),
      ImportDeclaration: on((node) => this.importOf(node, node['source'])),
      ImportExpression: on((node) => this.importOf(node, node['source'])),
      ExportNamedDeclaration: on((node) => this.importOf(node, node['source'])),
      ExportAllDeclaration: on((node) => this.importOf(node, node['source'])),
    };
  }

  private report(node: Node, messageId: string, what = this.source.getText(node as never)): void {
    const suggest = messageId === 'unsafe' ? this.suggestions(node) : [];
    this.context.report({
      node: node,
      messageId,
      data: { what: shortened(what) },
      suggest,
    });
  }

  private identifier(node: Node): void {
    const name = String(node['name']);
    if (UNSAFE.has(name)) this.report(node, 'unsafe', name);
    else if (
      this.isTag(node) &&
      !isIn(node, ['ImportSpecifier', 'ImportDefaultSpecifier', 'TSTypeQuery'])
    ) {
      this.tag(node);
    }
  }

  /** `sql` itself, by whatever name it was imported. */
  private isTag(node: Node): boolean {
    if (isName(node) || !SOURCES.includes(this.origin(node))) return false;
    return exportedName(node, this.source) === 'sql';
  }

  private tag(node: Node): void {
    if (asNode(node['parent']).type !== 'TaggedTemplateExpression') this.report(node, 'tag');
  }

  /** A name that is held in a string: for a computed member, Reflect.get and the like. */
  private text(node: Node): void {
    const text = constantText(node, this.source);
    const parent = asNode(node['parent']);
    if (text !== undefined && UNSAFE.has(text) && parent.type !== 'BinaryExpression') {
      this.report(node, 'unsafe', text);
    }
  }

  private member(node: Node): void {
    const name = memberName(node, this.source);
    const object = unwrap(asNode(node['object']));
    if (name === undefined) {
      const property = asNode(node['property']);
      if (this.isClient(object) || this.isPrisma(object) || beginsWithDollar(property)) {
        this.report(node, 'computed', this.source.getText(property as never));
      }
    } else if (this.isPrisma(object)) this.ofPrisma(node, name);
    else if (RAW.includes(name) && !isUsed(node)) this.report(node, 'tag');
  }

  private ofPrisma(node: Node, name: string): void {
    if (MAKERS.includes(name) && name !== 'bulk') this.report(node, 'raw');
    else if (name === 'sql') this.tag(node);
  }

  /** Prisma's own namespace, which has sql, raw, join and Sql. */
  private isPrisma(node: Node): boolean {
    return exportedName(node, this.source) === 'Prisma';
  }

  /** A Prisma client: what a function is given by the runner, or what is called like one. */
  private isClient(node: Node): boolean {
    if (node.type !== 'Identifier') return false;
    if (CLIENTS.includes(String(node['name']))) return true;
    const definition = definitionOf(node, this.source);
    const work = definition?.type === 'Parameter' ? asNode(definition.node) : undefined;
    const call = work && asNode(work['parent']);
    return (
      call?.type === 'CallExpression' &&
      GATES.includes(exportedName(asNode(call['callee']), this.source) ?? '')
    );
  }

  private call(node: Node): void {
    const callee = asNode(node['callee']);
    const name = exportedName(callee, this.source) ?? '';
    const given = node['arguments'] as Node[];
    const object =
      callee.type === 'MemberExpression' ? unwrap(asNode(callee['object'])) : undefined;
    const [target] = given;
    if (
      object?.['name'] === 'Reflect' &&
      target &&
      (this.isClient(target) || this.isPrisma(target))
    ) {
      this.report(node, 'computed', this.source.getText((given[1] ?? node) as never));
    }
    if ([...RAW, 'query'].includes(name) && object && given[0]) this.statement(given[0], name);
    const isJoin = object ? this.isPrisma(object) : SOURCES.includes(this.origin(callee));
    if (['join', 'bulk'].includes(name) && isJoin)
      given.slice(1).forEach((text) => this.separator(text));
    if (name === 'require' && given[0]) this.importOf(node, given[0]);
  }

  /** Where an imported name comes from. */
  private origin(node: Node): string {
    const definition = definitionOf(node, this.source);
    if (definition?.type !== 'ImportBinding') return '';
    return String((definition.parent as { source?: { value?: unknown } } | null)?.source?.value);
  }

  private statement(given: Node, callee: string): void {
    const node = unwrap(given);
    const written = constantOf(node, this.source) ?? node;
    const kinds = [
      'TemplateLiteral',
      'BinaryExpression',
      'ArrayExpression',
      'ObjectExpression',
      'SpreadElement',
    ];
    const isText =
      kinds.includes(written.type) || typeof written['value'] === 'string' || isJoined(written);
    if (this.isPlatform && constantText(node, this.source) !== undefined) return;
    if (isText || node !== given) this.report(given, 'string', callee);
  }

  private separator(node: Node): void {
    const text = constantText(node, this.source);
    const tokens = text === undefined ? undefined : tokensOf(text);
    const isPlain = tokens?.every(({ isName, value, text: written }) =>
      isName ? BETWEEN.includes(value) : written.length === 1 && '(),'.includes(written),
    );
    if (!isPlain) this.report(node, 'separator');
  }

  private pattern(node: Node): void {
    const parent = asNode(node['parent']);
    const from = asNode(parent['init'] ?? parent['right'] ?? parent);
    const isNested = parent.type === 'Property' && asNode(parent['key'])['name'] === 'Prisma';
    const isPrisma = isNested || this.isPrisma(unwrap(from));
    for (const property of node['properties'] as Node[]) {
      if (property.type !== 'Property') continue;
      const key = asNode(property['key']);
      const name = property['computed']
        ? constantText(key, this.source)
        : String(key['name'] ?? key['value']);
      if (name === undefined) {
        if (isPrisma || this.isClient(unwrap(from))) this.report(property, 'computed');
      } else if (RAW.includes(name)) this.report(property, 'tag', name);
      else if (isPrisma && [...MAKERS, 'sql'].includes(name))
        this.report(property, 'raw', `Prisma.${name}`);
    }
  }

  private cast(node: Node): void {
    const type = asNode(node['typeAnnotation']);
    const name = asNode(type['typeName'] ?? type);
    if (name['name'] === 'Sql' || asNode(name['right'] ?? name)['name'] === 'Sql')
      this.report(node, 'raw');
  }

  private importOf(node: Node, source: unknown): void {
    const from = source ? constantText(asNode(source), this.source) : undefined;
    if (from === undefined || [node['importKind'], node['exportKind']].includes('type')) return;
    if (!this.isPlatform && (from === 'sql-template-tag' || isGenerated(from))) {
      return this.report(node, 'source', from);
    }
    for (const specifier of (node['specifiers'] ?? []) as Node[]) {
      const { name } = (specifier['imported'] ?? specifier['local']) as { name?: string };
      const isMaker =
        MAKERS.includes(name ?? '') &&
        SOURCES.includes(from) &&
        ![specifier['importKind'], specifier['exportKind']].includes('type');
      if (isMaker && specifier.type !== 'ImportDefaultSpecifier')
        this.report(specifier, 'raw', name);
    }
  }

  private suggestions(node: Node): Rule.SuggestionReportDescriptor[] {
    const member = asNode(node['parent']);
    const call = asNode(member['parent'] ?? member);
    const given = (call['arguments'] ?? []) as Node[];
    const safe = UNSAFE.get(String(node['name']));
    const text = given.length === 1 && given[0] ? constantText(given[0], this.source) : undefined;
    if (!safe || text === undefined || call['callee'] !== member || member['computed']) return [];
    const template = `\`${text.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${')}\``;
    const fix = (fixer: Rule.RuleFixer) =>
      fixer.replaceTextRange([node.range[0], call.range[1]], safe + template);
    return [{ messageId: 'template', fix }];
  }
}

const isIn = (node: Node, types: readonly string[]) => types.includes(asNode(node['parent']).type);

/** The name of a member or of a property, which is not the variable of the same name. */
function isName(node: Node): boolean {
  const parent = asNode(node['parent']);
  if (parent.type === 'MemberExpression') return parent['property'] === node && !parent['computed'];
  return parent.type === 'Property' && parent['key'] === node && !parent['shorthand'];
}

function isUsed(node: Node): boolean {
  const parent = asNode(node['parent']);
  return parent['callee'] === node || parent['tag'] === node;
}

const isJoined = ({ type, callee }: Node) =>
  type === 'CallExpression' &&
  ['join', 'concat', 'raw'].includes(String(asNode(asNode(callee)['property'] ?? {})['name']));

function beginsWithDollar(node: Node): boolean {
  const first = node.type === 'BinaryExpression' ? unwrap(asNode(node['left'])) : node;
  const [quasi] = (first['quasis'] ?? []) as { value: { cooked?: string } }[];
  const text = quasi?.value.cooked ?? first['value'];
  return typeof text === 'string' && text.startsWith('$');
}

/** Files of the generated client other than its entry, client.ts; they hand out `raw` under its bare name. */
const isGenerated = (from: string) =>
  from.includes('/prisma/internal/') || from.includes('/prisma/sql');

const shortened = (text: string) => (text.length > 60 ? `${text.slice(0, 57)}…` : text);
