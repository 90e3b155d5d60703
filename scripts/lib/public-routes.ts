import { UndeclaredContractError } from '#platform/contracts/undeclared-contract.error';
import type { PublicRoute } from '#platform/placement/public-routes';
import { describeStartFailure } from '#platform/start-failure';
import { CliError } from './cli.js';

/**
 * The public routes of a module whose source is here, which its Nest class knows.
 *
 * @throws {CliError} exit code 2, when the app cannot be loaded
 */
export async function publicRoutesOf(module: string): Promise<readonly PublicRoute[]> {
  const { routesElsewhere } = await loadApp();
  return routesElsewhere({ modules: [] }).get(module) ?? [];
}

/** Imported here, since a module that breaks a rule of the wiring fails while it is loaded. */
const loadApp = () =>
  import('../../src/app.module.js').catch((cause: unknown) => {
    throw cause instanceof UndeclaredContractError ? undeclared(cause) : unloadable(cause);
  });

function undeclared(cause: UndeclaredContractError): CliError {
  const { module, asked } = cause;
  const manifest = `src/modules/${module}/module.json`;
  const facts = asked.map(
    ({ by, contract }) =>
      `"${by}" asks for the contract of "${contract}", undeclared in ${manifest}`,
  );
  return new CliError(
    facts.join('; '),
    'Declare it there, or let the code do without: npm run lint:boundaries names all that is not declared.',
    2,
    { cause },
  );
}

const unloadable = (cause: unknown) =>
  new CliError(
    `The app cannot be loaded: ${describeStartFailure(cause)}`,
    'Mend that first; npm start fails by it as well.',
    2,
    { cause },
  );
