/**
 * What belongs to the template and to no project that is made of it, as data. A path ending in "/"
 * is a folder. A path that is not there is a fault, so that this list cannot go stale.
 */
export const TEMPLATE_ONLY: readonly string[] = [
  '.ci/',
  'LICENSE',
  'docs/benchmarks.md',
  'scripts/lib/template/',
  'scripts/template-init.ts',
  'test/bench/',
  'test/life/init.spec.ts',
];

/** What goes with the template, of package.json. */
export const PACKAGE_ONLY = {
  scripts: ['bench', 'template:init'],
  devDependencies: ['@clack/prompts', '@types/autocannon', 'autocannon'],
};

/** Files that are about modules of the example shop, and go as soon as one of these goes. */
export const ABOUT: Readonly<Record<string, readonly string[]>> = {
  'docs/decisions/0005-orders-settle-forward.md': ['orders', 'inventory'],
  'docs/reading-order.md': ['orders', 'customers', 'catalog', 'inventory'],
  'docs/shop.md': ['orders', 'customers', 'catalog', 'inventory'],
  'test/lint/boundaries.spec.ts': ['orders', 'customers', 'catalog'],
};

/** Tests that go with any module that they name, so that no list has to say which. */
export const TESTS_OF_MODULES: readonly string[] = ['test/modules/', 'test/shop/'];

/** Modules' words that also mean something else: prose may have them, code may not. */
export const HOMONYMS: readonly string[] = ['catalog', 'orders'];
