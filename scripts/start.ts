import { processEnvironment } from '#config';
import { command, run } from './lib/cli.js';
import { endWithParent } from './lib/end-with-parent.js';
import { openSeededApp } from './lib/seeded-app.js';

const program = command(
  'start',
  'Starts the app on a database that is set up and seeded. Without DATABASE_URL, it brings its own Postgres.',
);

await run(
  program.action(async () => {
    endWithParent(processEnvironment());
    const { listen } = await openSeededApp();
    await listen();
  }),
);
