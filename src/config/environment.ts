import { existsSync } from 'node:fs';
import { z } from 'zod';

/** Every fault of the configuration, reported at once and before anything is started. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly faults: readonly string[]) {
    super(
      `The configuration has ${faults.length} fault(s):\n` +
        faults.map((fault) => `  - ${fault}`).join('\n') +
        '\nSet them in the environment or in .env; .env.example explains each one.',
    );
  }
}

/** Raw variables, as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The process's environment, with the `.env` file of the working directory below it.
 * This is the only place that reads `process.env`.
 */
export function processEnvironment(): Environment {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return process.env;
}

/**
 * Parses raw variables. An empty variable counts as unset.
 *
 * @throws {ConfigError} naming every variable that is missing or wrong; values that may hold a
 *   password are not repeated
 */
export function parseEnvironment<Shape extends z.ZodRawShape>(
  shape: Shape,
  environment: Environment,
): z.infer<z.ZodObject<Shape>> {
  const raw = Object.fromEntries(
    Object.keys(shape).map((key) => [key, environment[key] === '' ? undefined : environment[key]]),
  );
  const parsed = z.object(shape).safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    parsed.error.issues.map((issue) => {
      const key = String(issue.path[0]);
      const value = raw[key];
      if (value === undefined) return `${key} is not set; it ${issue.message}`;
      const found = /URL|SECRET|PASSWORD|KEY/.test(key) ? 'what it holds' : `"${value}"`;
      return `${key} is ${found}; it ${issue.message}`;
    }),
  );
}

/** A whole number between two bounds, written in decimal digits. */
export const wholeNumber = (least: number, most: number) => {
  const message = `must be a whole number from ${least} to ${most}`;
  return z
    .string(message)
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .refine((value) => value >= least && value <= most, message);
};

const SECRET_FORM = 'must have at least 32 characters, for instance from: openssl rand -base64 32';

/** The URL of something that is reached by HTTP. */
export const httpUrl = z.url({
  protocol: /^https?$/,
  error: 'must be a URL such as https://host:443/path',
});

/** A secret between two parties, long enough not to be guessed. */
export const sharedSecret = z.string(SECRET_FORM).min(32, SECRET_FORM);

/** A Postgres connection URL. */
export const postgresUrl = z
  .string('must be a URL such as postgres://role:password@host:5432/database')
  .refine((value) => {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    return url !== undefined && /^postgres(ql)?:$/.test(url.protocol) && url.hostname !== '';
  }, 'must be a URL such as postgres://role:password@host:5432/database');
