import type { PublicRoute } from '#platform/placement/public-routes';

/** The public routes of a module whose source is here, which its Nest class knows. */
export async function publicRoutesOf(module: string): Promise<readonly PublicRoute[]> {
  // Imported here, since a module that breaks a rule of the wiring fails while it is loaded.
  const { routesElsewhere } = await import('../../src/app.module.js');
  return routesElsewhere({ modules: [] }).get(module) ?? [];
}
