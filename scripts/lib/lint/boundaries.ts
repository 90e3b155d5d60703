import { join } from 'node:path';
import type { ESLint, Linter } from 'eslint';
import boundaries from 'eslint-plugin-boundaries';
import tseslint from 'typescript-eslint';
import { type Manifest, readManifests } from '../../../src/platform/manifest.js';
import { boundarySettings, SOURCES } from './boundary-settings.js';
import { DRIVERS } from './drivers.js';

/** What a module may import of the platform; the rest of it is for the app and the scripts. */
const PLATFORM_FACES = [
  'contracts',
  'database',
  'define-module',
  'errors',
  'events',
  'fault',
  'hosted-modules',
  'http',
  'mail',
  'page',
  'sagas',
  'settings',
].map((face) => `#platform/${face}`);

const see = (anchor: string) => `See docs/resolving-violations.md#${anchor}`;

/** What every file may import: packages and Node, by their names. */
const common = [
  // By name and outside every part, since any path with "node_modules" in it passes for a package's.
  {
    to: { element: { isUnknown: true }, module: { origin: ['core', 'external'] } },
    dependency: { source: '[a-z@]*{,/**}' },
  },
  // A path in a string is no import until it leads into a part that is somebody else's.
  { to: { element: { isUnknown: true } }, dependency: { nodeKind: 'path' } },
];

const owner = '{{to.element.captured.module}}';

const message = (who: string) =>
  `${who} imports "{{dependency.source}}", which does not exist, or which it may not import. Does the code belong elsewhere? ${see('move-the-code')}`;

/** One message of three, by what the import leads to: another module, the platform, or neither. */
const messageOf = (name: string, faces: readonly string[]) =>
  [
    `{{#if to.element.captured.module}}"${name}" imports "{{dependency.source}}" of the module "${owner}"; of other modules it may import ${faces.join(', ') || 'nothing'}, as src/modules/${name}/module.json says. Does the code belong there, should that face offer a contract, or is a line missing in the manifest? ${see('call-a-contract')}`,
    `{{else if to.element.captured.platform}}"${name}" imports "{{dependency.source}}" of the platform; modules may import only ${PLATFORM_FACES.join(', ')} of it. Should one of them offer it? ${see('faces')}`,
    `{{else}}${message(`"${name}"`)}{{/if}}`,
  ].join('');

const block = (
  files: string[],
  policies: readonly object[],
  defaultMessage: string,
): Linter.Config => ({
  files,
  rules: {
    'boundaries/dependencies': [
      'error',
      {
        default: 'disallow',
        checkAllOrigins: true,
        checkUnknownLocals: true,
        message: defaultMessage,
        policies,
      },
    ],
  },
});

/**
 * The last policy that matches wins. An import costs time per policy, whether it matches or not,
 * so all that is allowed is one policy, which stops at the first of its selectors that matches.
 */
const moduleBlock = ({ name, calls, hears }: Manifest): Linter.Config => {
  const known = [...new Set([...calls, ...hears])];
  const policies = [
    {
      allow: [
        ...common,
        {
          to: { element: { captured: { module: known } }, file: { categories: 'face' } },
          dependency: { source: '#modules/*' },
        },
        { dependency: { source: PLATFORM_FACES } },
      ],
    },
    {
      disallow: { dependency: { source: DRIVERS.map((driver) => `${driver}{,/**}`) } },
      message: `"${name}" imports a database driver; its statements go through its own database class. Which query does the code need there? ${see('move-the-code')}`,
    },
  ];
  const faces = known.map((other) => `#modules/${other}`);
  return block([`src/modules/${name}/${SOURCES}`], policies, messageOf(name, faces));
};

/** Of a module that is in another project nothing may be here but its face. */
const faceBlock = ({ name, source = 'another project' }: Manifest): Linter.Config => {
  const folder = `src/modules/${name}`;
  const face = ['index', `${name}.contract`, `${name}.events`, `${name}.errors`];
  return {
    files: [folder, `test/modules/${name}`].map((each) => `${each}/${SOURCES}`),
    ignores: face.map((file) => `${folder}/${file}.ts`),
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'Program',
          message: `The module "${name}" is in ${source}; here is only its face, as ${folder}/module.json says. Does the code belong there? ${see('move-the-code')}`,
        },
      ],
    },
  };
};

const local = (type: string) => ({ to: { element: { type } } });

/** Whoever puts the modules together; the faces leave these out, and so lead to no inside. */
const nestModules = { to: { file: { categories: 'nest-module' } } };

/** What stands around the modules may import these parts, the app's own files, and every face. */
const around = (files: string[], who: string, parts: string[], ...more: readonly object[]) =>
  block(
    files,
    [
      {
        allow: [
          ...common,
          ...parts.map(local),
          { to: { file: { categories: 'app' } } },
          { to: { file: { categories: 'face' } }, dependency: { source: '#modules/*' } },
          ...more,
        ],
      },
    ],
    `{{#if to.element.captured.module}}${who} imports "{{dependency.source}}", which is inside the module "${owner}"; others may import only "#modules/${owner}". Should that face offer a contract for it? ${see('call-a-contract')}{{else}}${message(who)}{{/if}}`,
  );

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
      languageOptions: { parser: tseslint.parser },
      settings: boundarySettings(root),
      rules: { 'boundaries/no-unknown-files': 'error' },
    },
    block([`src/config/${SOURCES}`], [{ allow: common }], message('The configuration')),
    block(
      [`src/platform/${SOURCES}`],
      [{ allow: [...common, local('config')] }],
      message('The platform'),
    ),
    around(['src/*.ts'], 'The app', ['platform', 'config'], nestModules),
    around([`scripts/${SOURCES}`, '*.js'], 'A script', ['platform', 'config', 'scripts']),
    around(
      [`test/${SOURCES}`],
      'A test',
      ['platform', 'config', 'scripts', 'test', 'module-test'],
      nestModules,
      // A module's own tests may look inside it.
      { to: { element: { captured: { module: '{{from.element.captured.tested}}' } } } },
    ),
    ...manifests.map(moduleBlock),
    ...manifests.filter(({ remote }) => remote).map(faceBlock),
    // What Prisma generates stands on Prisma, and on nothing of this project.
    block(
      [`src/modules/*/internal/prisma/${SOURCES}`],
      [{ allow: common }],
      message('A generated client'),
    ),
    {
      // The star of "#modules/*" matches slashes too.
      files: ['src/modules/*/*/**/index.*'],
      rules: {
        'no-restricted-syntax': [
          'error',
          {
            selector: 'Program',
            message: `A nested "index" is a second face: "#modules/<module>/<folder>" would lead to it. What is the file's own name? ${see('faces')}`,
          },
        ],
      },
    },
  ];
}
