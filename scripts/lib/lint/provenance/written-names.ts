import ts from 'typescript';

/** A name that a declaration spells in its types. */
export interface WrittenName {
  readonly node: ts.Node;
  /** Whether only its type is asked for (`typeof name`), so that what it is made of is not shown. */
  readonly queried: boolean;
}

/**
 * The names in the types of a declaration. The compiler forgets them where it reduces a type to a
 * primitive, as in `Order['id']` or `keyof Order`.
 */
export function writtenNames(declaration: ts.Node): WrittenName[] {
  const names: WrittenName[] = [];
  const visit = (node: ts.Node): void => {
    if (node !== declaration && isElsewhere(node)) return;
    const name = nameIn(node);
    if (name) names.push({ node: name, queried: ts.isTypeQueryNode(node) });
    ts.forEachChild(node, visit);
  };
  visit(declaration);
  return names;
}

function nameIn(node: ts.Node): ts.Node | undefined {
  if (ts.isTypeReferenceNode(node)) return node.typeName;
  if (ts.isTypeQueryNode(node) && !ts.isImportTypeNode(node.exprName)) return node.exprName;
  if (ts.isExpressionWithTypeArguments(node)) return node.expression;
  if (ts.isImportTypeNode(node)) return node.qualifier;
  return undefined;
}

/** What is looked at on its own, as a member or as a call, and what no declaration file shows. */
function isElsewhere(node: ts.Node): boolean {
  const ofNamed = ts.isClassLike(node.parent) || ts.isInterfaceDeclaration(node.parent);
  if (ts.isClassElement(node) || ts.isTypeElement(node)) {
    return ofNamed && !ts.isIndexSignatureDeclaration(node);
  }
  return ts.isParameter(node) || (ts.isExpression(node) && !ts.isExpressionWithTypeArguments(node));
}

/** Whether a member is left out of the declared type of its class. */
export function isPrivate(node: ts.Node): boolean {
  if (!ts.isClassElement(node)) return false;
  const named = node.name !== undefined && ts.isPrivateIdentifier(node.name);
  return named || (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Private) !== 0;
}
