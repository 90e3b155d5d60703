import { relative } from 'node:path';
import { ESLint, type Linter } from 'eslint';
import { readManifests } from '../../../src/platform/manifest.js';
import { CliError } from '../cli.js';
import type { Finding } from './finding.js';
import { wallsConfig } from './walls.js';

/** Folders whose files are made, are broken on purpose, or are projects of their own. */
const IGNORED = ['services/', 'dist/', 'coverage/', '.data/', 'test/fixtures/'];

/**
 * Lints every file of a project without cache, and whatever `eslint-disable` or a nested
 * configuration says. Unlike the editor's lint it reads the generated Prisma clients too.
 *
 * @param root absolute path of the folder that holds `src/modules`
 * @param config the rules; those of all walls unless given
 * @throws {CliError} with exit code 2 naming each module of which no file was looked at
 * @throws {ManifestError} naming every fault of the manifests
 */
export async function lintBoundaries(
  root: string,
  config: Linter.Config[] = wallsConfig(root),
): Promise<{ files: number; findings: Finding[] }> {
  const eslint = new ESLint({
    cwd: root,
    allowInlineConfig: false,
    overrideConfigFile: true,
    overrideConfig: [
      { ignores: IGNORED },
      { linterOptions: { reportUnusedDisableDirectives: 'off' } },
      ...config,
    ],
  });
  const results = await eslint.lintFiles(['.']);
  const files = results.map(({ filePath }) => relative(root, filePath));
  refuseUnseen(root, files);
  const findings = results.flatMap(({ filePath, messages }) =>
    messages.map(({ line, ruleId, message }) => ({
      file: relative(root, filePath),
      line,
      rule: ruleId ?? 'parse',
      message,
    })),
  );
  return { files: files.length, findings };
}

function refuseUnseen(root: string, files: readonly string[]): void {
  const unseen = readManifests(`${root}/src/modules`)
    .map(({ name }) => `src/modules/${name}`)
    .filter((folder) => !files.some((file) => file.startsWith(`${folder}/`)));
  if (unseen.length === 0) return;
  throw new CliError(
    `No file was looked at of ${unseen.join(', ')}.`,
    'Run it in the project’s root, and see that nothing ignores those folders.',
    2,
  );
}
