import { processEnvironment } from '#config';
import { command, run } from './lib/cli.js';
import { endWithParent } from './lib/end-with-parent.js';
import { openProject } from './lib/project-server.js';
import { seed } from './lib/seed.js';
import { appEnvironment } from './lib/set-up.js';

const program = command(
  'start',
  'Starts the app on a database that is set up and seeded. Without DATABASE_URL, it brings its own Postgres.',
);

await run(
  program.action(async () => {
    const { appConfig, createApp, listen } = await import('../src/app.js');
    const { describeStartFailure } = await import('../src/start-failure.js');
    const project = await openProject();
    try {
      endWithParent(processEnvironment());
      const config = appConfig({ ...processEnvironment(), ...appEnvironment(project) });
      const app = await createApp(config);
      await seed(app);
      await listen(app, config);
    } catch (error) {
      process.stderr.write(`${describeStartFailure(error)}\n`);
      await project.release();
      process.exit(1);
    }
  }),
);
