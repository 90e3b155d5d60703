import {
  AST_NODE_TYPES as Type,
  ASTUtils,
  type TSESLint,
  type TSESTree,
} from '@typescript-eslint/utils';

type SourceCode = Readonly<TSESLint.SourceCode>;
type Variable = TSESLint.Scope.Variable;

/** One use of an object: the name that is taken from it, or undefined where it is handed on whole. */
export interface Use {
  readonly node: TSESTree.Node;
  readonly name: string | undefined;
}

const GLOBAL_OBJECTS = ['globalThis', 'global'];

const WRAPPERS: readonly Type[] = [
  Type.ChainExpression,
  Type.TSAsExpression,
  Type.TSSatisfiesExpression,
  Type.TSTypeAssertion,
  Type.TSNonNullExpression,
];

/** The expression with the casts and the optional chain around it. */
export function outermost(node: TSESTree.Node): TSESTree.Node {
  return node.parent && WRAPPERS.includes(node.parent.type) ? outermost(node.parent) : node;
}

/** The call of which this is the callee, if it is one. */
export function callOf(use: TSESTree.Node): TSESTree.CallExpression | undefined {
  const callee = outermost(use);
  const call = callee.parent;
  return call?.type === Type.CallExpression && call.callee === callee ? call : undefined;
}

/** The name of a member or of a property's key, or undefined where it is computed. */
export const nameOf = (node: TSESTree.MemberExpression | TSESTree.Property): string | undefined =>
  ASTUtils.getPropertyName(node) ?? undefined;

/** How an object is used at a place where it stands; nothing for types and comparisons. */
export function takenFrom(handle: TSESTree.Node): Use[] {
  const node = outermost(handle);
  if (node.type === Type.Property && node.value.type === Type.ObjectPattern) {
    return keysOf(node.value);
  }
  const parent = node.parent as TSESTree.Node;
  switch (parent.type) {
    case Type.MemberExpression:
      if (parent.object === node) return [{ node: parent, name: nameOf(parent) }];
      break;
    case Type.VariableDeclarator:
      if (parent.id.type === Type.ObjectPattern) return keysOf(parent.id);
      break;
    case Type.AssignmentExpression:
      if (parent.left.type === Type.ObjectPattern) return keysOf(parent.left);
      break;
    case Type.UnaryExpression:
      if (parent.operator === 'typeof') return [];
      break;
    case Type.BinaryExpression:
    case Type.TSTypeQuery:
    case Type.TSQualifiedName:
      return [];
  }
  return [{ node, name: undefined }];
}

const keysOf = ({ properties }: TSESTree.ObjectPattern): Use[] =>
  properties.map((node) => ({
    node,
    name: node.type === Type.Property ? nameOf(node) : undefined,
  }));

/** What `declare` says of a name brings nothing into being: it is still the global one. */
const isAmbient = ({ node, parent }: TSESLint.Scope.Definition): boolean =>
  [node, parent].some((at) => at !== null && at !== undefined && 'declare' in at && at.declare);

export const isGlobal = (variable: Variable | null): boolean =>
  variable?.defs.every(isAmbient) ?? true;

// The rules ask for a dozen names in every file, and a file has a thousand variables of lib.d.ts.
const indexes = new WeakMap<SourceCode, Map<string, TSESTree.Node[]>>();

/** Every place where these names are the global ones, and not locals of the same name. */
function globalPlaces(sourceCode: SourceCode, names: readonly string[]): TSESTree.Node[] {
  const index = indexes.get(sourceCode) ?? indexGlobals(sourceCode);
  return names.flatMap((name) => index.get(name) ?? []);
}

function indexGlobals(sourceCode: SourceCode): Map<string, TSESTree.Node[]> {
  const { scopes = [], globalScope } = sourceCode.scopeManager ?? {};
  const ambient = scopes.flatMap(({ variables }) => variables).filter(isGlobal);
  const references = ambient.flatMap((variable) => variable.references);
  const index = new Map<string, TSESTree.Node[]>();
  for (const { identifier } of [...(globalScope?.through ?? []), ...references].filter(isValue)) {
    index.set(identifier.name, [...(index.get(identifier.name) ?? []), identifier]);
  }
  indexes.set(sourceCode, index);
  return index;
}

/** ESLint's own scopes, which JavaScript has, know no types, so there every reference is one. */
const isValue = ({ isValueReference }: { isValueReference?: boolean }) => isValueReference ?? true;

/** The uses of `globalThis`, by either name. */
export const usesOfGlobalObject = (sourceCode: SourceCode): Use[] =>
  globalPlaces(sourceCode, GLOBAL_OBJECTS).flatMap(takenFrom);

/** The uses of a global object, named by itself or through `globalThis`. */
export const usesOfGlobal = (sourceCode: SourceCode, object: string): Use[] => [
  ...globalPlaces(sourceCode, [object]).flatMap(takenFrom),
  ...usesOfGlobalObject(sourceCode)
    .filter(({ name }) => name === object)
    .flatMap(({ node }) => takenFrom(node)),
];

export const PROCESS = /^(node:)?process$/;

/** The uses of `process`, be it the global one or imported. */
export const usesOfProcess = (sourceCode: SourceCode): Use[] => [
  ...usesOfGlobal(sourceCode, 'process'),
  ...usesOfImports(sourceCode, PROCESS),
];

/** The uses of what is imported from these sources; a named import is one use. Types are none. */
export function usesOfImports(sourceCode: SourceCode, source: RegExp): Use[] {
  return sourceCode.ast.body.flatMap((node): Use[] => {
    if (!('source' in node) || !node.source || !source.test(node.source.value)) return [];
    if (node.type === Type.ExportAllDeclaration) return [{ node, name: undefined }];
    if (node.type === Type.ExportNamedDeclaration) {
      return node.specifiers.map(({ local }) => {
        const name = exportedName(local);
        return { node: local, name: name === 'default' ? undefined : name };
      });
    }
    if (node.importKind === 'type') return [];
    return node.specifiers.flatMap((each) => usesOfSpecifier(sourceCode, each));
  });
}

function usesOfSpecifier(sourceCode: SourceCode, specifier: TSESTree.ImportClause): Use[] {
  if (specifier.type === Type.ImportSpecifier) {
    if (specifier.importKind === 'type') return [];
    const name = exportedName(specifier.imported);
    if (name !== 'default') return [{ node: specifier, name }];
  }
  return placesOf(sourceCode, specifier)
    .flatMap(takenFrom)
    .flatMap((use) => (use.name === 'default' ? takenFrom(use.node) : [use]));
}

const exportedName = (node: TSESTree.Identifier | TSESTree.StringLiteral): string =>
  node.type === Type.Identifier ? node.name : node.value;

/** Where the value that an import binds is used; its uses as a type are left out. */
export const placesOf = (sourceCode: SourceCode, specifier: TSESTree.Node): TSESTree.Node[] =>
  (sourceCode.getDeclaredVariables?.(specifier) ?? [])
    .flatMap(({ references }) => references)
    .filter(isValue)
    .map(({ identifier }) => identifier);

/** From where, and under which name, an expression was imported: itself, or from a namespace. */
export function originOf(
  sourceCode: SourceCode,
  node: TSESTree.Node,
): { source: string; name: string } | undefined {
  const [object, member] =
    node.type === Type.MemberExpression ? [node.object, nameOf(node)] : [node, undefined];
  if (object.type !== Type.Identifier) return undefined;
  const [definition] = ASTUtils.findVariable(sourceCode.getScope(object), object.name)?.defs ?? [];
  if (definition?.parent?.type !== Type.ImportDeclaration) return undefined;
  const { node: specifier } = definition;
  const source = definition.parent.source.value;
  if (specifier.type !== Type.ImportSpecifier) return { source, name: member ?? '*' };
  return { source, name: exportedName(specifier.imported) };
}

/** Whether a load is an `import` or `export … from`, of which the names can be read. */
export const isStaticLoad = ({ type }: TSESTree.Node): boolean =>
  type === Type.ImportDeclaration || type.startsWith('Export');

/** Calls back for each load of a module by a plain string, whatever its syntax; types are none. */
export function onLoad(
  sourceCode: SourceCode,
  seen: (node: TSESTree.Node, source: string) => void,
): TSESLint.RuleListener {
  const look = (node: TSESTree.Node, source: TSESTree.Node | null | undefined) => {
    if (source?.type === Type.Literal && typeof source.value === 'string') seen(node, source.value);
  };
  return {
    ImportDeclaration: (node) => node.importKind === 'value' && look(node, node.source),
    ExportNamedDeclaration: (node) => node.exportKind === 'value' && look(node, node.source),
    ExportAllDeclaration: (node) => node.exportKind === 'value' && look(node, node.source),
    ImportExpression: (node) => look(node, node.source),
    TSImportEqualsDeclaration: ({ importKind, moduleReference: reference }) =>
      importKind === 'value' &&
      reference.type === Type.TSExternalModuleReference &&
      look(reference, reference.expression),
    'CallExpression[callee.name="require"]': (node: TSESTree.CallExpression) =>
      isGlobal(ASTUtils.findVariable(sourceCode.getScope(node), 'require')) &&
      look(node, node.arguments[0]),
  };
}
