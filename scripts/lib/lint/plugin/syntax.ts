import type { Rule, Scope, SourceCode } from 'eslint';

/** A node of the tree, TypeScript's own included, which ESLint's types do not know. */
export type Node = { readonly type: string; readonly range: [number, number] } & Readonly<
  Record<string, unknown>
>;

export const asNode = (node: unknown) => node as Node;

/** The node below parentheses, casts and `!`: what is left when the program runs. */
export function unwrap(node: Node): Node {
  const wrappers = [
    'TSAsExpression',
    'TSTypeAssertion',
    'TSNonNullExpression',
    'TSSatisfiesExpression',
  ];
  return wrappers.includes(node.type) ? unwrap(asNode(node['expression'])) : node;
}

/** What a `const` or an import is bound to; undefined for what may change or comes from outside. */
export function definitionOf(node: Node, source: SourceCode): Scope.Definition | undefined {
  if (node.type !== 'Identifier') return undefined;
  for (
    let scope: Scope.Scope | null = source.getScope(node as unknown as Rule.Node);
    scope;
    scope = scope.upper
  ) {
    const variable = scope.set.get(String(node['name']));
    if (variable) return variable.defs.length === 1 ? variable.defs[0] : undefined;
  }
  return undefined;
}

/** The expression that a `const` is declared with. */
export function constantOf(node: Node, source: SourceCode): Node | undefined {
  const definition = definitionOf(node, source);
  if (definition?.type !== 'Variable') return undefined;
  const { id, init } = definition.node as unknown as { id: Node; init: Node | null };
  const isConst = (definition.parent as { kind?: string } | null)?.kind === 'const';
  return isConst && init && id.type === 'Identifier' ? unwrap(init) : undefined;
}

/** The last name of an expression, under which it was exported: `sql` for `q` after `import { sql as q }`. */
export function exportedName(given: Node, source: SourceCode): string | undefined {
  const node = unwrap(given);
  if (node.type === 'MemberExpression') return memberName(node, source);
  if (node.type !== 'Identifier') return undefined;
  const definition = definitionOf(node, source);
  if (definition?.type === 'ImportBinding') {
    const imported = (
      definition.node as unknown as { imported?: { name?: string; value?: string } }
    ).imported;
    if (imported) return imported.name ?? imported.value;
    const from = (definition.parent as unknown as { source?: { value?: unknown } }).source?.value;
    return from === 'sql-template-tag' && asNode(definition.node).type === 'ImportDefaultSpecifier'
      ? 'sql'
      : String(node['name']);
  }
  const constant = constantOf(node, source);
  const isAlias = constant?.type === 'Identifier' || constant?.type === 'MemberExpression';
  return (isAlias && constant !== node && exportedName(constant, source)) || String(node['name']);
}

/** The name of a property, if it is written down or a constant. */
export function memberName(node: Node, source: SourceCode): string | undefined {
  const property = asNode(node['property']);
  return node['computed'] ? constantText(property, source) : String(property['name']);
}

/** The value of a string that is put together of constants only. */
export function constantText(given: Node, source: SourceCode, depth = 0): string | undefined {
  const node = unwrap(given);
  if (depth > 10) return undefined;
  const all = (parts: readonly Node[]) =>
    parts.map((part) => constantText(part, source, depth + 1));
  if (node.type === 'Literal') return String(node['value']);
  if (node.type === 'BinaryExpression' && node['operator'] === '+') {
    return joined(all([asNode(node['left']), asNode(node['right'])]));
  }
  if (node.type === 'TemplateLiteral') {
    const texts = (node['quasis'] as { value: { cooked?: string } }[]).map(
      ({ value }) => value.cooked,
    );
    const values = all(node['expressions'] as Node[]);
    return joined(texts.flatMap((text, index) => (index > 0 ? [values[index - 1], text] : [text])));
  }
  const constant = constantOf(node, source);
  return constant && constantText(constant, source, depth + 1);
}

const joined = (parts: readonly (string | undefined)[]) =>
  parts.every((part) => part !== undefined) ? parts.join('') : undefined;
