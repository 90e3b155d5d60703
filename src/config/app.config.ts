import { z } from 'zod';
import { type Environment, parseEnvironment, postgresUrl, wholeNumber } from './environment.js';

/** What the running app is told from outside. */
export interface AppConfig {
  readonly host: string;
  readonly port: number;
  /** Connections that this process keeps per module. */
  readonly poolSize: number;
  /** Largest request body accepted, in bytes. */
  readonly bodyLimit: number;
  /** Login URL per module: `<MODULE>_DATABASE_URL`. */
  readonly databaseUrls: Readonly<Record<string, string>>;
}

/** The variable that holds a module's login URL. */
export const databaseUrlVariable = (module: string) => `${module.toUpperCase()}_DATABASE_URL`;

/**
 * @param modules names of the modules that this process hosts
 * @throws {ConfigError} naming every fault
 */
export function parseAppConfig(modules: readonly string[], environment: Environment): AppConfig {
  const urls = Object.fromEntries(modules.map((name) => [databaseUrlVariable(name), postgresUrl]));
  const parsed = parseEnvironment(
    {
      HOST: z.string().default('127.0.0.1'),
      PORT: wholeNumber(0, 65_535).default(3000),
      POOL_SIZE: wholeNumber(1, 1000).default(5),
      BODY_LIMIT: wholeNumber(1024, 100_000_000).default(65_536),
      ...urls,
    },
    environment,
  ) as { HOST: string; PORT: number; POOL_SIZE: number; BODY_LIMIT: number } & Record<
    string,
    string
  >;
  return {
    host: parsed.HOST,
    port: parsed.PORT,
    poolSize: parsed.POOL_SIZE,
    bodyLimit: parsed.BODY_LIMIT,
    databaseUrls: Object.fromEntries(
      modules.map((name) => [name, parsed[databaseUrlVariable(name)] as string]),
    ),
  };
}
