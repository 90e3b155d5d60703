import { processEnvironment } from '#config';
import { describeStartFailure } from '#platform/start-failure';

try {
  // Imported here, since a module that breaks a rule of the wiring fails while it is loaded.
  const { appConfig, createApp, listen } = await import('./app.js');
  const config = appConfig(processEnvironment());
  await listen(await createApp(config), config);
} catch (error) {
  process.stderr.write(`${describeStartFailure(error)}\n`);
  process.exit(1);
}
