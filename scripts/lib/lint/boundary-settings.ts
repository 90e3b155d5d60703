import { join } from 'node:path';

/** Every file that Node, tsc or jest might load as code. */
export const SOURCES = '**/*.{ts,mts,cts,tsx,js,mjs,cjs,jsx}';

/** The parents whose string is an import already, so that it is not reported twice. */
const IMPORTS = [
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
  'TSExternalModuleReference',
  'TSModuleDeclaration',
  'CallExpression[callee.name=require]',
];

/**
 * What the boundary rules call the parts of a project, and what counts as an import.
 *
 * @param root absolute path of the folder that holds `src/modules`
 */
export const boundarySettings = (root: string) => ({
  'boundaries/root-path': root,
  // Faster: no message and no selector has the old form of templates.
  'boundaries/legacy-templates': false,
  // Without partialMatch: false, a nested folder `modules/notes` would borrow the rights of notes.
  'boundaries/elements': [
    { type: 'module', pattern: 'src/modules/*', capture: ['module'], partialMatch: false },
    { type: 'platform', pattern: 'src/@(platform)', capture: ['platform'], partialMatch: false },
    { type: 'config', pattern: 'src/config', partialMatch: false },
    { type: 'scripts', pattern: 'scripts', partialMatch: false },
    { type: 'module-test', pattern: 'test/modules/*', capture: ['tested'], partialMatch: false },
    { type: 'test', pattern: 'test', partialMatch: false },
  ],
  'boundaries/files': [
    { category: 'face', pattern: 'src/modules/*/index.ts' },
    { category: 'nest-module', pattern: 'src/modules/*/*.module.ts' },
    { category: 'app', pattern: 'src/*.ts' },
    { category: 'setting', pattern: '{,.}*.js' },
  ],
  'boundaries/additional-dependency-nodes': [
    { name: 'import()', selector: 'TSImportType > Literal.source' },
    { name: 'import =', selector: 'TSExternalModuleReference > Literal' },
    { name: 'declare module', selector: 'TSModuleDeclaration > Literal.id' },
    // jest.mock, require.resolve, new URL, new Worker, a renamed createRequire, a constant: whatever
    // a loader is called, the path of what it loads is written somewhere.
    {
      name: 'path',
      selector: `:not(${IMPORTS.join()}) > Literal[value=/^(\\.\\.?\\u002F|#)/]`,
    },
  ],
  // An alias or a package that leads nowhere is refused, not taken for a package.
  'boundaries/flag-as-external': { unresolvableAlias: false },
  'import/resolver': {
    typescript: {
      project: join(root, 'tsconfig.json'),
      conditionNames: ['bulkhead-source', 'import'],
    },
  },
});
