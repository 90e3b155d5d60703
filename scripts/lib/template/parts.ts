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
  'test/life/init.long.ts',
];

/** Stands for all modules of the example, where nothing less makes sense. */
export const SHOP = 'shop';

/**
 * Files and folders that are about modules of the example, and go as soon as one of these goes.
 * The support, commands and packages that only these use go with them.
 */
export const ABOUT: Readonly<Record<string, readonly string[]>> = {
  'docs/decisions/0005-orders-settle-forward.md': ['orders', 'inventory'],
  'docs/decisions/0011-orders-by-sagas.md': ['orders', 'inventory', 'billing', 'shipping'],
  'docs/guarantees.md': [SHOP],
  'docs/page.png': [SHOP],
  'docs/reading-order.md': [SHOP],
  'docs/reporting.md': ['reporting', 'orders'],
  'docs/shop.md': [SHOP],
  'scripts/payment-provider.ts': ['billing'],
  'scripts/reporting-rebuild.ts': ['reporting'],
  'test/browser/': [SHOP],
  'test/crash/': [SHOP],
  'test/extraction/moving-shop.long.ts': [SHOP],
  'test/modules/seed.spec.ts': [SHOP],
  'test/payment-provider/': ['billing'],
  'test/rehearsal/': [SHOP],
  'test/service/leaving.long.ts': [SHOP],
  'test/service/plan.long.ts': ['inventory', 'orders', 'reporting'],
  'test/soak/': [SHOP],
  'test/split/': [SHOP],
};

/** Tests that go with any module that they name, so that no list has to say which. */
export const TESTS_OF_MODULES: readonly string[] = ['test/modules/', 'test/shop/'];

/** Modules' words that also mean something else: prose may have them, code may not. */
export const HOMONYMS: readonly string[] = ['catalog', 'orders'];
