import type { Fake } from '../support/fakes/fake-module.js';

/** Who stands in for which module, where that one is in another project. */
export const FAKES: Readonly<Record<string, () => Promise<{ fake: Fake }>>> = {
  billing: () => import('./billing.js'),
  catalog: () => import('./catalog.js'),
  customers: () => import('./customers.js'),
  inventory: () => import('./inventory.js'),
  orders: () => import('./orders.js'),
  shipping: () => import('./shipping.js'),
};
