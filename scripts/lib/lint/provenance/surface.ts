import ts from 'typescript';
import type { Origins } from './origin.js';
import { isPrivate, writtenNames } from './written-names.js';

/** Something that can be seen through a symbol or a type. */
export interface Shown {
  readonly to: ts.Symbol | ts.Type;
  /** How it is called in a message, where that helps to find it. */
  readonly hop?: () => string;
  /** Whether only its type is asked for, so that what it is made of is not shown. */
  readonly queried?: boolean;
}

/** What a module's symbols and types show of others, one step at a time. */
export class Surface {
  constructor(
    private readonly checker: ts.TypeChecker,
    private readonly origins: Origins,
  ) {}

  /** What an import or a re-export stands for; any other symbol is itself. */
  entity(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
  }

  ofExport(exported: ts.Symbol): Shown {
    const isFunction = this.entity(exported).flags & ts.SymbolFlags.Function;
    return { to: exported, hop: () => `${exported.name}${isFunction ? '()' : ''}` };
  }

  from(to: ts.Symbol | ts.Type): Shown[] {
    return isSymbol(to) ? this.fromSymbol(this.entity(to)) : this.fromType(to);
  }

  private fromSymbol(symbol: ts.Symbol): Shown[] {
    const { checker } = this;
    const { Value, Type, Transient } = ts.SymbolFlags;
    if (isNamespace(symbol)) {
      return this.origins.isOwn(symbol) ? checker.getExportsOfModule(symbol).map(asMember) : [];
    }
    // A transient symbol is a property that a mapped type has changed.
    const written = symbol.flags & Transient ? [] : (symbol.declarations ?? []);
    return [
      ...this.namesIn(written.filter((node) => !ts.isFunctionLike(node))),
      ...(symbol.flags & Value ? [{ to: checker.getTypeOfSymbol(symbol) }] : []),
      ...(symbol.flags & Type ? [{ to: checker.getDeclaredTypeOfSymbol(symbol) }] : []),
    ];
  }

  private fromType(type: ts.Type): Shown[] {
    const named = [type.aliasSymbol, type.symbol].filter((each) => each && !isAnonymous(each));
    const written = named.flatMap((each) => each?.declarations ?? []);
    return [
      ...this.namesIn(written.filter((node) => !ts.isFunctionLike(node))),
      ...partsOf(type, this.checker).map((to) => ({ to })),
      ...(this.isLookedInto(type) ? this.fromStructure(type) : []),
    ];
  }

  /** Named types of libraries and of the platform show only what they are given. */
  private isLookedInto(type: ts.Type): type is ts.ObjectType {
    if (!(type.flags & ts.TypeFlags.Object)) return false;
    if (isReference(type) && type.target !== type) return false;
    const { symbol } = type as { symbol?: ts.Symbol };
    return symbol === undefined || isAnonymous(symbol) || this.origins.isOwn(symbol);
  }

  private fromStructure(type: ts.ObjectType): Shown[] {
    const { checker } = this;
    const { Call, Construct } = ts.SignatureKind;
    const signatures = [Call, Construct].flatMap((kind) => [
      ...checker.getSignaturesOfType(type, kind),
    ]);
    const bases = type.isClassOrInterface() ? checker.getBaseTypes(type) : [];
    return [
      ...bases.map((to) => ({ to, hop: () => `extends ${checker.typeToString(to)}` })),
      ...this.propertiesOf(type).map(asMember),
      ...signatures.flatMap((signature) => this.fromSignature(signature)),
      ...checker
        .getIndexInfosOfType(type)
        .flatMap((index) => [{ to: index.keyType }, { to: index.type }]),
    ];
  }

  /** What a named type inherits from a library is shown by its bases. */
  private propertiesOf(type: ts.ObjectType): ts.Symbol[] {
    const properties = this.checker.getPropertiesOfType(type);
    const shown = properties.filter(({ declarations = [] }) => !declarations.some(isPrivate));
    return type.isClassOrInterface() ? shown.filter((each) => this.origins.isOwn(each)) : shown;
  }

  private fromSignature(signature: ts.Signature): Shown[] {
    const { checker } = this;
    const returned = signature.getReturnType();
    const guarded = checker.getTypePredicateOfSignature(signature)?.type;
    const { declaration } = signature as { declaration?: ts.SignatureDeclaration };
    const hop = () => declaration?.type?.getText() ?? checker.typeToString(returned);
    return [
      ...this.namesIn(declaration?.type ? [declaration.type] : []).map((to) => ({ ...to, hop })),
      { to: returned, hop },
      ...(guarded ? [{ to: guarded }] : []),
      ...signature.getParameters().map((to) => ({ to, hop: () => `(${to.name})` })),
      ...this.namesIn(declaration?.typeParameters ?? []),
    ];
  }

  private namesIn(declarations: readonly ts.Node[]): Shown[] {
    return declarations
      .filter((node) => this.origins.ownsNode(node) && !ts.isSourceFile(node))
      .flatMap(writtenNames)
      .flatMap(({ node, queried }) => {
        const symbol = this.checker.getSymbolAtLocation(node);
        if (!symbol || symbol.flags & ts.SymbolFlags.TypeParameter) return [];
        return [{ to: this.entity(symbol), queried }];
      });
  }
}

export const isSymbol = (to: ts.Symbol | ts.Type): to is ts.Symbol => 'escapedName' in to;

export const isNamespace = ({ flags }: ts.Symbol): boolean =>
  (flags & (ts.SymbolFlags.ValueModule | ts.SymbolFlags.NamespaceModule)) !== 0;

/** Whether the compiler made up the name, such as `__type`; it escapes names that begin like that. */
export const isAnonymous = ({ escapedName }: ts.Symbol): boolean =>
  /^__[^_]/.test(escapedName as string);

const isReference = (type: ts.Type): type is ts.TypeReference =>
  ((type as ts.ObjectType).objectFlags & ts.ObjectFlags.Reference) !== 0;

const asMember = (to: ts.Symbol): Shown => ({ to, hop: () => `.${to.name}` });

/** The types that a type is put together from. */
function partsOf(type: ts.Type, checker: ts.TypeChecker): ts.Type[] {
  const parts: (ts.Type | undefined)[] = [...(type.aliasTypeArguments ?? [])];
  if (type.isUnionOrIntersection()) parts.push(...type.types);
  if (type.flags & ts.TypeFlags.Object && isReference(type)) {
    parts.push(type.target, ...checker.getTypeArguments(type));
  }
  if (type.flags & ts.TypeFlags.Conditional) {
    const { checkType, extendsType, root } = type as ts.ConditionalType;
    const branches = [root.node.trueType, root.node.falseType];
    parts.push(
      checkType,
      extendsType,
      ...branches.map((node) => checker.getTypeFromTypeNode(node)),
    );
  }
  return parts.filter((part) => part !== undefined);
}
