import { processEnvironment } from '#config';
import { ModuleUnavailable } from '#platform/errors';
import { type HostedModule, HostedModules } from '#platform/hosted-modules';
import { aloneEnvironment, NOWHERE } from './placement-environment.js';
import { readProjectManifests } from './project.js';
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
  const given = { ...aloneEnvironment(project, readProjectManifests()), ...processEnvironment() };
  for (const [variable, value] of Object.entries(given)) {
    if (value === NOWHERE) {
      say(
        `${variable} is not set: what needs it answers 503, unless a placement says where it is.`,
      );
    }
  }
  const config = appConfig({
    ...given,
    ...appEnvironment(project),
    // only: billing
    ...provider?.environment,
    // only: end
  });
  const app = await createApp(config);
  await app.init();
  for (const module of app.get(HostedModules).inCallOrder()) await seed(module);
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

/** Example data that needs a module elsewhere has to wait until that one answers. */
async function seed(module: HostedModule): Promise<void> {
  try {
    await module.seed?.seed();
  } catch (error) {
    if (!ModuleUnavailable.is(error)) throw error;
    say(`${module.manifest.name} has no example data yet, since "${error.data.module}" is away.`);
  }
}

const say = (line: string) => process.stderr.write(`${line}\n`);
