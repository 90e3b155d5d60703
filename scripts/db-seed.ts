import { processEnvironment } from '#config';
import { command, run } from './lib/cli.js';
import { openProject } from './lib/project-server.js';
import { seed } from './lib/seed.js';
import { appEnvironment } from './lib/set-up.js';

const program = command(
  'db:seed',
  "Fills the modules' tables with example data. Running it again adds nothing.",
);

await run(
  program.action(async () => {
    const { appConfig, createApp } = await import('../src/app.js');
    const project = await openProject();
    try {
      const app = await createApp(
        appConfig({ ...processEnvironment(), ...appEnvironment(project) }),
      );
      await seed(app);
      await app.close();
      process.stdout.write(`seeded ${project.modules.join(', ')}\n`);
    } finally {
      await project.release();
    }
  }),
);
