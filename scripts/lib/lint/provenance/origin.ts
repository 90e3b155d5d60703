import { relative } from 'node:path';
import ts from 'typescript';

/**
 * Why a face may not hand something out: it is of the module's tables, of its access to the
 * database, of another module, or of its inside.
 */
export type Reason = 'tables' | 'database' | 'foreign' | 'internal';

/** Where something comes from that the face may not hand out. */
export interface Origin {
  readonly reason: Reason;
  readonly name: string;
  /** Relative to the root. */
  readonly file: string;
  /** The module that owns it, when a module does. */
  readonly owner: string | undefined;
}

const MODULE = /^src\/modules\/([^/]+)\//;
const TABLES = /^src\/modules\/[^/]+\/internal\/prisma\//;
const INTERNAL = /^src\/modules\/[^/]+\/internal\//;
const PRISMA = /^node_modules\/@prisma\//;
const { Class, Interface, Function, Variable, Enum, ValueModule } = ts.SymbolFlags;
const ENTITY = Class | Interface | Function | Variable | Enum | ValueModule;
const DATABASE =
  /^src\/platform\/database\/|^node_modules\/(@prisma\/|prisma\/|(@types\/)?pg(-[^/]+)?\/|sql-template-tag\/)/;

/** Tells, for one module, what is its own and what its face may not hand out. */
export class Origins {
  constructor(
    private readonly root: string,
    private readonly module: string,
  ) {}

  /** Whether the symbol is declared in the module's own folder. */
  isOwn(symbol: ts.Symbol): boolean {
    return (symbol.declarations ?? []).some((declaration) => this.ownsNode(declaration));
  }

  /** Whether the node stands in a file of the module's own folder. */
  ownsNode(node: ts.Node): boolean {
    return MODULE.exec(this.fileOf(node))?.[1] === this.module;
  }

  /**
   * @param symbol an entity, not an alias of one
   * @param offered whether the face exports the symbol itself, rather than mentions it
   * @returns the first of its declarations that may not be handed out, if one is such
   */
  of(symbol: ts.Symbol, offered: boolean): Origin | undefined {
    for (const node of symbol.declarations ?? []) {
      const file = this.fileOf(node);
      const reason = this.reasonOf(file, symbol, offered);
      if (reason) return { reason, name: nameOf(node), file, owner: MODULE.exec(file)?.[1] };
    }
    return undefined;
  }

  private reasonOf(file: string, symbol: ts.Symbol, offered: boolean): Reason | undefined {
    // Prisma's helper types are the shapes of rows, such as that of the selected columns.
    if (PRISMA.test(file) && !offered && !(symbol.flags & ENTITY)) return 'tables';
    if (DATABASE.test(file)) return 'database';
    const owner = MODULE.exec(file)?.[1];
    if (owner === undefined) return undefined;
    if (owner !== this.module) return 'foreign';
    if (TABLES.test(file)) return 'tables';
    // Shapes may be written down anywhere; what runs stays inside, and so does every class.
    const runs = symbol.flags & (offered ? ts.SymbolFlags.Value : ts.SymbolFlags.Class);
    return runs && INTERNAL.test(file) ? 'internal' : undefined;
  }

  private fileOf(node: ts.Node): string {
    const { fileName } = node.getSourceFile();
    // Packages may be linked to from elsewhere.
    const packages = fileName.lastIndexOf('/node_modules/');
    return packages < 0 ? relative(this.root, fileName) : fileName.slice(packages + 1);
  }
}

/** The name of the nearest declaration around a node that has one outside of every other. */
function nameOf(node: ts.Node): string {
  const outermost = (at: ts.Node): ts.Node =>
    ts.isSourceFile(at) || ts.isSourceFile(at.parent) || ts.isModuleBlock(at.parent)
      ? at
      : outermost(at.parent);
  const variable = ts.findAncestor(node, ts.isVariableDeclaration);
  const named = (variable ?? outermost(node)) as ts.Node & { name?: ts.Node };
  return named.name?.getText() ?? (ts.isSourceFile(node) ? '*' : 'default');
}
