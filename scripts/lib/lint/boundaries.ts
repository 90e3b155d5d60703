import { join } from 'node:path';
import type { ESLint, Linter } from 'eslint';
import boundaries from 'eslint-plugin-boundaries';
import { type Manifest, readManifests } from '../../../src/platform/manifest.js';

/** Packages that only the platform may use: a module gets its database from there. */
const DRIVERS = ['pg', 'pg-*', '@prisma/*', 'prisma'];

const settings = (root: string) => ({
  'boundaries/root-path': root,
  'boundaries/legacy-templates': false,
  'boundaries/elements': [
    // Without partialMatch: false, a nested folder `modules/billing` would borrow billing's rights.
    { type: 'module', pattern: 'src/modules/*', capture: ['module'], partialMatch: false },
    { type: 'platform', pattern: 'src/platform', partialMatch: false },
    { type: 'config', pattern: 'src/config', partialMatch: false },
    { type: 'scripts', pattern: 'scripts', partialMatch: false },
    { type: 'test', pattern: 'test', partialMatch: false },
  ],
  'boundaries/files': [
    { category: 'face', pattern: 'src/modules/*/index.ts' },
    { category: 'prisma-client', pattern: 'src/modules/*/internal/prisma/**' },
    { category: 'app', pattern: 'src/*.ts' },
    { category: 'setting', pattern: '{,.}*.js' },
  ],
  // Imports that have other syntax than `import … from`.
  'boundaries/additional-dependency-nodes': [
    { name: 'import type', selector: 'TSImportType > Literal.source', kind: 'type' },
    { name: 'import =', selector: 'TSExternalModuleReference > Literal', kind: 'value' },
    {
      name: 'require.resolve',
      selector:
        'CallExpression[callee.object.name=require][callee.property.name=resolve] > Literal',
      kind: 'value',
    },
    {
      name: 'jest mock',
      selector:
        'CallExpression[callee.object.name=jest][callee.property.name=/^(mock|unstable_mockModule|requireActual)$/] > Literal',
      kind: 'value',
    },
  ],
  'import/resolver': {
    typescript: {
      project: join(root, 'tsconfig.json'),
      conditionNames: ['bulkhead-source', 'types', 'import', 'node', 'default'],
    },
  },
});

const local = (type: string) => ({ allow: { to: { element: { type } } } });
const faces = { element: { type: 'module' }, file: { categories: 'face' } };

const common = [
  { allow: { to: { module: { origin: ['external', 'core'] } } } },
  { allow: { dependency: { relationship: { to: 'internal' } } } },
];

const policiesOf = ({ name, calls, hears }: Manifest) => [
  ...common,
  {
    disallow: { to: { module: { origin: 'external', source: DRIVERS } } },
    message: `"${name}" imports the database driver "{{dependency.source}}". Its statements go through its own database class. See docs/adding-a-module.md`,
  },
  {
    from: { file: { categories: 'face' } },
    disallow: { to: { file: { categories: 'prisma-client' } } },
    message: `The face of "${name}" hands out its Prisma client, and with it its tables. Offer a contract instead. See docs/adding-a-module.md`,
  },
  local('platform'),
  {
    allow: {
      to: { ...faces, element: { type: 'module', captured: { module: [...calls, ...hears] } } },
    },
  },
];

const rule = (policies: readonly object[], message?: string): Linter.RulesRecord => ({
  'boundaries/dependencies': [
    'error',
    {
      default: 'disallow',
      checkAllOrigins: true,
      checkUnknownLocals: true,
      checkInternals: true,
      message,
      policies,
    },
  ],
});

const SOURCES = '**/*.{ts,mts,cts,js,mjs,cjs}';

/**
 * The boundary rules, one small block per module, made from the manifests.
 *
 * @param root absolute path of the folder that holds `src/modules`
 * @throws {ManifestError} naming every fault of the manifests
 */
export function boundaryConfig(root: string): Linter.Config[] {
  const manifests = readManifests(join(root, 'src/modules'));
  return [
    {
      files: [SOURCES],
      // Its types say that the plugin is under "default", where Node does not put it.
      plugins: { boundaries: boundaries as unknown as ESLint.Plugin },
      settings: settings(root),
      rules: {
        'boundaries/no-unknown-files': 'error',
        'boundaries/no-unknown-dependencies': 'error',
      },
    },
    {
      files: [`src/platform/${SOURCES}`],
      rules: rule(
        [...common, local('config')],
        'The platform knows nothing of the business, but "{{dependency.source}}" is imported. Should the module pass it in? See docs/architecture.md',
      ),
    },
    { files: [`src/config/${SOURCES}`], rules: rule(common) },
    {
      files: ['src/*.ts', `scripts/${SOURCES}`, `test/${SOURCES}`],
      rules: rule(
        [
          ...common,
          local('platform'),
          local('config'),
          local('scripts'),
          local('test'),
          { allow: { to: { file: { categories: 'app' } } } },
          { allow: { to: faces } },
        ],
        '"{{dependency.source}}" is inside a module; only its face, index.ts, may be imported. Should the face offer it? See docs/adding-a-module.md',
      ),
    },
    ...manifests.map(({ name }) => ({
      // A module's own tests may look inside it.
      files: [`test/modules/${name}/${SOURCES}`],
      rules: rule(
        [
          ...common,
          ...['platform', 'config', 'scripts', 'test'].map(local),
          { allow: { to: { file: { categories: 'app' } } } },
          { allow: { to: faces } },
          { allow: { to: { element: { type: 'module', captured: { module: name } } } } },
        ],
        `"{{dependency.source}}" is inside a module that these are not the tests of; only its face may be imported. See docs/testing.md`,
      ),
    })),
    ...manifests.map((manifest) => ({
      files: [`src/modules/${manifest.name}/${SOURCES}`],
      rules: rule(
        policiesOf(manifest),
        `"${manifest.name}" imports "{{dependency.source}}", which src/modules/${manifest.name}/module.json does not declare, or which is not a face. Does the code belong here, or there? See docs/adding-a-module.md`,
      ),
    })),
  ];
}
