import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { programOf, facesIn } from '../../../scripts/lib/lint/provenance/program.js';
import { generateClients } from '../../../scripts/lib/prisma-client.js';
import { rootFolder } from '../../../scripts/lib/project.js';

const fixture = `${rootFolder}/test/fixtures/provenance`;

/** A copy of the project with other modules: this platform, and the client that Prisma generates. */
export interface ProvenanceProject {
  readonly root: string;
  /** Makes a module like the fixture's, with tables and an inside, and gives it this face. */
  addModule(name: string, face: string): void;
  /** What the compiler has to say of the modules' own files. */
  typeErrors(): string[];
  remove(): void;
}

export async function makeProvenanceProject(): Promise<ProvenanceProject> {
  const root = mkdtempSync(join(tmpdir(), 'provenance-'));
  for (const path of ['package.json', 'tsconfig.json', 'src/platform', 'src/config']) {
    cpSync(join(rootFolder, path), join(root, path), { recursive: true });
  }
  symlinkSync(join(rootFolder, 'node_modules'), join(root, 'node_modules'));
  cpSync(join(fixture, 'module'), join(root, 'module'), { recursive: true });
  cpSync(join(fixture, 'schema.prisma'), join(root, 'prisma/module/schema.prisma'));
  await generateClients(join(root, 'prisma'), ['module'], 1);
  return {
    root,
    addModule: (name, face) => {
      const folder = join(root, 'src/modules', name);
      mkdirSync(folder, { recursive: true });
      cpSync(join(root, 'module'), folder, { recursive: true });
      writeFileSync(join(folder, 'index.ts'), face);
    },
    typeErrors: () => typeErrors(root),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function typeErrors(root: string): string[] {
  const program = programOf(root, facesIn(root));
  return program
    .getSourceFiles()
    .filter(({ fileName }) => fileName.startsWith(join(root, 'src/modules')))
    .flatMap((file) => program.getSemanticDiagnostics(file))
    .map((each) => ts.flattenDiagnosticMessageText(each.messageText, '\n'));
}
