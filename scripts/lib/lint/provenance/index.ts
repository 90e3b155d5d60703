import { dirname, relative } from 'node:path';
import ts from 'typescript';
import { messageOf } from './message.js';
import { Origins, type Reason } from './origin.js';
import { type Face, facesIn, programOf } from './program.js';
import { firstLeak, type Leak } from './walk.js';

/** One name that a face exports and should not. */
export interface Finding {
  readonly module: string;
  readonly export: string;
  readonly reason: Reason;
  /** What is handed out, the file that declares it, and the way from the face to it. */
  readonly name: string;
  readonly file: string;
  readonly through: readonly string[];
  readonly message: string;
}

/**
 * Follows every name that a face exports, and every type that it shows, to the declaration.
 *
 * @param root absolute path of the folder that holds `tsconfig.json` and `src/modules`
 * @returns the modules whose faces were looked at, and one finding per name that is not theirs to give
 * @throws {CliError} when there is no face, or types cannot be followed
 */
export function findProvenance(root: string): { modules: string[]; findings: Finding[] } {
  const faces = facesIn(root);
  const program = programOf(root, faces);
  return {
    modules: faces.map(({ module }) => module),
    findings: faces.flatMap((face) => findingsOf(face, program, root)),
  };
}

function findingsOf({ module, file }: Face, program: ts.Program, root: string): Finding[] {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const face = source && checker.getSymbolAtLocation(source);
  if (!face) return [];
  const origins = new Origins(root, module);
  return checker.getExportsOfModule(face).flatMap((exported) => {
    const leak = firstLeak(exported, checker, origins);
    if (!leak) return [];
    const passed = filesPassed(exported, checker).map((each) => relative(dirname(file), each));
    return [
      findingFor(
        module,
        exported.name,
        leak,
        passed.filter((each) => !each.startsWith('..')),
      ),
    ];
  });
}

function findingFor(module: string, name: string, leak: Leak, files: string[]): Finding {
  const [first = name, ...hops] = leak.hops;
  const through = [first, ...files, ...hops];
  const { origin } = leak;
  return {
    module,
    export: name,
    reason: origin.reason,
    name: origin.name,
    file: origin.file,
    through,
    message: messageOf(module, origin, through),
  };
}

/** The files between the face and the declaration, each of which exports the name again. */
function filesPassed(exported: ts.Symbol, checker: ts.TypeChecker): string[] {
  const files: string[] = [];
  let at: ts.Symbol | undefined = exported;
  while (at && at.flags & ts.SymbolFlags.Alias) {
    files.push(...(at.declarations ?? []).map((node) => node.getSourceFile().fileName));
    at = checker.getImmediateAliasedSymbol(at);
  }
  return [...new Set(files)].slice(1);
}
