import type { Linter } from 'eslint';
import { boundaryConfig } from './boundaries.js';
import { pluginConfig } from './plugin/index.js';

/**
 * All that guards the walls between modules while they are written: who imports whom, and the ways
 * around that.
 *
 * @param root absolute path of the folder that holds `src/modules`
 * @throws {ManifestError} naming every fault of the manifests
 */
export const wallsConfig = (root: string): Linter.Config[] => [
  ...boundaryConfig(root),
  ...pluginConfig(root),
];
