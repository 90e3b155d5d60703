/** Cycles, orphans, what does not resolve and what comments import; who else may import whom is ESLint's to say. */
export default {
  forbidden: [
    {
      name: 'no-cycle-of-files',
      comment:
        'Files that import each other in a circle cannot be read, or loaded, one by one. Which part of them do the others need? See docs/resolving-violations.md#move-the-code',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-cycle-of-modules',
      comment:
        'Two modules that need each other are one module. Could one of them hear an event instead? See docs/resolving-violations.md#hear-an-event',
      severity: 'error',
      scope: 'folder',
      from: { path: '^src/modules/[^/]+$' },
      to: { path: '^src/modules/[^/]+$', circular: true },
    },
    {
      name: 'no-orphan',
      comment:
        'Nothing imports this file. Is it still needed? See docs/resolving-violations.md#move-the-code',
      severity: 'error',
      from: {
        orphan: true,
        path: '^(src|scripts/lib)/',
        // The program itself, faces that nobody needs yet, and what a browser loads.
        pathNot: '^src/(main|modules/[^/]+/index)\\.ts$|^src/platform/page/assets/',
      },
      to: {},
    },
    {
      name: 'no-unresolvable',
      comment:
        'This path leads nowhere. Which file was it to name? See docs/resolving-violations.md#move-the-code',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-import-in-a-comment',
      comment:
        'A comment imports a module’s file, where ESLint does not look. Could a line of code import it? See docs/resolving-violations.md#declare-the-dependency',
      severity: 'error',
      from: {},
      to: { path: '^src/modules/', dependencyTypes: ['jsdoc', 'triple-slash-directive'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(src/modules/[^/]+/internal/prisma|test/fixtures)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    detectJSDocImports: true,
    enhancedResolveOptions: {
      conditionNames: ['bulkhead-source', 'types', 'import', 'node', 'default'],
      exportsFields: ['exports'],
    },
  },
};
