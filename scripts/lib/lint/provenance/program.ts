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
 * @returns the faces that are there, sorted by module; none where there is no module yet
 * @throws {CliError} when there is no folder of modules, or a module has no face, since nothing
 *   would be looked at
 */
export function facesIn(root: string): Face[] {
  const folder = join(root, 'src/modules');
  const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : undefined;
  const faces = entries
    ?.filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ module: name, file: join(folder, name, 'index.ts') }))
    .sort((one, other) => (one.module < other.module ? -1 : 1));
  const lost = faces?.filter(({ file }) => !existsSync(file)).map(({ file }) => file) ?? [folder];
  if (faces && lost.length === 0) return faces;
  throw new CliError(
    `No face was found in "${lost.join('", "')}".`,
    'Run it in the project’s root.',
    2,
  );
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
