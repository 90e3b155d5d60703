import { join } from 'node:path';
import { processEnvironment } from '#config';
import { dataFolder } from '../project.js';
import { type OwnProvider, startOwnProvider } from './own.js';

/**
 * Starts the simulated payment provider, unless the environment names another one.
 *
 * @param secret the clone's
 * @throws {CliError} as `startOwnProvider`
 */
export async function startProvider(secret: string): Promise<OwnProvider | undefined> {
  const { BILLING_PROVIDER_URL, PORT } = processEnvironment();
  if (BILLING_PROVIDER_URL) return undefined;
  // Webhooks are a hint, and a port that is chosen later goes without.
  const webhooks = PORT === '0' ? undefined : `http://127.0.0.1:${PORT || 3000}/billing/webhooks`;
  return startOwnProvider({ folder: join(dataFolder, 'payments'), secret, webhooks });
}
