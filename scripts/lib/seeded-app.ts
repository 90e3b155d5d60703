import { processEnvironment } from '#config';
import { HostedModules } from '#platform/hosted-modules';
// only: billing
import { startProvider } from './payment-provider/start.js';
// only: end
import { openProject } from './project-server.js';
import { appEnvironment } from './set-up.js';

/** The app, wired and seeded, which does not listen yet. */
export interface SeededApp {
  readonly modules: readonly string[];
  /** Starts listening, and says where. */
  readonly listen: () => Promise<void>;
  /** Closes the app and lets go of the server. */
  readonly close: () => Promise<void>;
}

/**
 * Sets the project up on its server, wires the app, and fills each module with its example data,
 * the called before the callers. All of it may be repeated.
 *
 * @throws what is in the way; the caller ends the process then, which lets go of everything
 */
export async function openSeededApp(): Promise<SeededApp> {
  // Imported here, since a module that breaks a rule of the wiring fails while it is loaded.
  const { appConfig, createApp, listen } = await import('../../src/app.js');
  const project = await openProject();
  // only: billing
  const provider = await startProvider(project.secret);
  // only: end
  const config = appConfig({
    ...processEnvironment(),
    ...appEnvironment(project),
    // only: billing
    ...provider?.environment,
    // only: end
  });
  const app = await createApp(config);
  await app.init();
  for (const module of app.get(HostedModules).inCallOrder()) await module.seed?.seed();
  return {
    modules: project.modules,
    listen: () => listen(app, config),
    close: async () => {
      await app.close();
      // only: billing
      provider?.release();
      // only: end
      await project.release();
    },
  };
}
