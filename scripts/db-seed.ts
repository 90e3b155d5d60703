import { command, run } from './lib/cli.js';
import { openSeededApp } from './lib/seeded-app.js';

const program = command(
  'db:seed',
  "Fills the modules' tables with example data. Running it again adds nothing.",
);

await run(
  program.action(async () => {
    const { modules, close } = await openSeededApp();
    await close();
    process.stdout.write(`seeded ${modules.join(', ')}\n`);
  }),
);
