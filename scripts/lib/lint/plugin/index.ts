import type { ESLint, Linter } from 'eslint';
import { SOURCES } from '../boundary-settings.js';
import { noComputedImport } from './no-computed-import.js';
import { noEnvironment } from './no-environment.js';
import { noFileOrSocket } from './no-file-or-socket.js';
import { noGlobalState } from './no-global-state.js';
import { noLoaderModule } from './no-loader-module.js';
import { noModuleRef } from './no-module-ref.js';
import { noOpenModule } from './no-open-module.js';
import { noOwnClient } from './no-own-client.js';
import { noStringToken } from './no-string-token.js';
import { sqlConfig, sqlRules } from './sql-rules.js';

/** The rules for ways around a boundary that leave no import to look at. */
const rules = {
  'no-computed-import': noComputedImport,
  'no-loader-module': noLoaderModule,
  'no-environment': noEnvironment,
  'no-global-state': noGlobalState,
  'no-file-or-socket': noFileOrSocket,
  'no-string-token': noStringToken,
  'no-module-ref': noModuleRef,
  'no-open-module': noOpenModule,
  'no-own-client': noOwnClient,
};

// ESLint's and typescript-eslint's types of a rule differ in what a node is.
export const plugin = { rules: { ...rules, ...sqlRules } } as unknown as ESLint.Plugin;

type Name = keyof typeof rules;

/** Prisma writes it, and the boundary lint sees to it that nobody else uses it. */
const GENERATED = 'src/modules/*/internal/prisma/**';

const errors = (...names: Name[]): Linter.RulesRecord =>
  Object.fromEntries(names.map((name) => [`bulkhead/${name}`, 'error']));

/**
 * Which rule holds where.
 *
 * @param root absolute path of the folder that holds `src/modules`
 * @throws {ManifestError} naming every fault of the manifests
 */
export function pluginConfig(root: string): Linter.Config[] {
  const plugins = { bulkhead: plugin };
  const blocks: Linter.Config[] = [
    {
      basePath: root,
      files: ['src', 'scripts', 'test'].map((folder) => `${folder}/${SOURCES}`),
      ignores: [
        // The package with the server's binaries has another name on each platform.
        'scripts/lib/embedded/binaries.ts',
        // It tries aliases that must lead nowhere.
        'test/lint/aliases.spec.ts',
      ],
      plugins,
      rules: errors('no-computed-import'),
    },
    {
      basePath: root,
      files: [`src/${SOURCES}`],
      plugins,
      rules: errors('no-loader-module'),
    },
    {
      basePath: root,
      files: [`src/${SOURCES}`],
      ignores: ['src/config/**'],
      plugins,
      rules: errors('no-environment', 'no-global-state'),
    },
    {
      basePath: root,
      files: [`src/modules/${SOURCES}`],
      plugins,
      rules: errors('no-file-or-socket', 'no-string-token', 'no-module-ref', 'no-open-module'),
    },
    {
      basePath: root,
      files: [`src/modules/${SOURCES}`],
      // What a face hands out is for the boundary lint to say.
      ignores: ['src/modules/*/index.ts'],
      plugins,
      rules: errors('no-own-client'),
    },
    ...sqlConfig(root),
  ];
  return blocks.map(({ ignores = [], ...block }) => ({
    ...block,
    ignores: [...ignores, GENERATED],
  }));
}
