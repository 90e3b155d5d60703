/** Cycles, orphans and what does not resolve; who may import whom is ESLint's to say. */
export default {
  forbidden: [
    {
      name: 'no-cycle-of-files',
      comment: 'Files that import each other in a circle cannot be read, or loaded, one by one.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-cycle-of-modules',
      comment: 'Two modules that call each other are one module. Let one of them hear an event.',
      severity: 'error',
      scope: 'folder',
      from: { path: '^src/modules/[^/]+$' },
      to: { path: '^src/modules/[^/]+$', circular: true },
    },
    {
      name: 'no-orphan',
      comment: 'Nothing imports this file: delete it, or use it.',
      severity: 'error',
      from: { orphan: true, path: '^(src|scripts/lib)/', pathNot: '^src/main\\.ts$' },
      to: {},
    },
    {
      name: 'no-unresolvable',
      comment: 'This path leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
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
