import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { CliError } from '../../cli.js';

/** A module and its face. */
export interface Face {
  readonly module: string;
  /** Absolute path of its `index.ts`. */
  readonly file: string;
}

/**
 * @param root absolute path of the folder that holds `src/modules`
 * @returns the faces that are there, sorted by module
 * @throws {CliError} when there is none, since nothing would be looked at
 */
export function facesIn(root: string): Face[] {
  const folder = join(root, 'src/modules');
  const faces = (existsSync(folder) ? readdirSync(folder) : [])
    .sort()
    .map((module) => ({ module, file: join(folder, module, 'index.ts') }))
    .filter(({ file }) => existsSync(file));
  if (faces.length > 0) return faces;
  throw new CliError(`No face was found in "${folder}".`, 'Run it in the project’s root.', 2);
}

/**
 * The faces, and all that they import, as the project's compiler options read them.
 *
 * @throws {CliError} when an import of a module leads nowhere, since what it brings has no type
 */
export function programOf(root: string, faces: readonly Face[]): ts.Program {
  const program = ts.createProgram(
    faces.map(({ file }) => file),
    optionsOf(root),
  );
  const lost = program.getSourceFiles().flatMap((file) => lostImports(file, program, root));
  if (lost.length === 0) return program;
  throw new CliError(
    `The types could not be followed, since imports lead nowhere:\n${lost.map((each) => `  - ${each}`).join('\n')}`,
    'npm run prisma:generate && npm run types',
    2,
  );
}

function optionsOf(root: string): ts.CompilerOptions {
  const host: ts.ParseConfigFileHost = {
    ...ts.sys,
    // The faces say which files are read, so the folders need not be listed.
    readDirectory: () => [],
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
      throw new CliError(ts.flattenDiagnosticMessageText(messageText, '\n'), 'npm run types', 2);
    },
  };
  return ts.getParsedCommandLineOfConfigFile(join(root, 'tsconfig.json'), {}, host)?.options ?? {};
}

function lostImports(file: ts.SourceFile, program: ts.Program, root: string): string[] {
  if (!file.fileName.startsWith(join(root, 'src/'))) return [];
  return file.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const { moduleSpecifier } = statement;
    const isBare = ts.isImportDeclaration(statement) && !statement.importClause;
    if (!moduleSpecifier || isBare) return [];
    if (program.getTypeChecker().getSymbolAtLocation(moduleSpecifier)) return [];
    return [`${moduleSpecifier.getText()} in ${relative(root, file.fileName)}`];
  });
}
