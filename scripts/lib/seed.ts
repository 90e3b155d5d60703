import type { INestApplicationContext } from '@nestjs/common';
import { HostedModules } from '#platform/hosted-modules';

/** Fills each module with its example data, the called before the callers. Repeatable. */
export async function seed(app: INestApplicationContext): Promise<void> {
  await app.init();
  for (const module of app.get(HostedModules).inCallOrder()) await module.seed?.seed();
}
