import {
  type Environment,
  parseEnvironment,
  postgresUrl,
  sharedSecret,
  wholeNumber,
} from './environment.js';

/** What the operator's commands are told from outside; the running app sees none of it. */
export interface OperatorConfig {
  /** Admin URL of the server to use. Without one, the embedded server is used. */
  readonly databaseUrl: string | undefined;
  /** From which the roles' passwords are derived. Without one, the clone's own in `.data/`. */
  readonly databaseSecret: string | undefined;
  /** Connections that one app process keeps per module; the roles' limits follow from it. */
  readonly poolSize: number;
}

/** @throws {ConfigError} naming every fault */
export function parseOperatorConfig(environment: Environment): OperatorConfig {
  const parsed = parseEnvironment(
    {
      DATABASE_URL: postgresUrl.optional(),
      DATABASE_SECRET: sharedSecret.optional(),
      POOL_SIZE: wholeNumber(1, 1000).default(5),
    },
    environment,
  );
  return {
    databaseUrl: parsed.DATABASE_URL,
    databaseSecret: parsed.DATABASE_SECRET,
    poolSize: parsed.POOL_SIZE,
  };
}
