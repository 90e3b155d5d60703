import { ConfigError } from '#config';
import { UndeclaredContractError } from './contracts/undeclared-contract.error.js';
import { StartRefused } from './database/start-check.js';
import { HearingError } from './events/hearing.error.js';
import { ManifestError } from './manifest.js';

const DESCRIBED = [ConfigError, HearingError, ManifestError, StartRefused, UndeclaredContractError];

/** What a person is told when the app does not start: a stack only for what nobody foresaw. */
export function describeStartFailure(error: unknown): string {
  if (DESCRIBED.some((type) => error instanceof type)) return (error as Error).message;
  const { code, port } = error as { code?: string; port?: number };
  if (code === 'EADDRINUSE') {
    return `The port ${port} is taken by another program.\n\n  Stop that program, or choose another port, such as PORT=3001.`;
  }
  if (code === 'EACCES') {
    return `The port ${port} needs more rights than this user has.\n\n  Choose one above 1023, such as PORT=3000.`;
  }
  const client = /'[^']*\/modules\/([^/']+)\/internal\/prisma\/client\.[jt]s'/.exec(String(error));
  if (code === 'ERR_MODULE_NOT_FOUND' && client) {
    return `The generated Prisma client of "${client[1]}" is missing.\n\n  npm run prisma:generate`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
