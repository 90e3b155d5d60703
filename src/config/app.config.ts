import { z } from 'zod';
import { type Environment, parseEnvironment, postgresUrl, wholeNumber } from './environment.js';
import {
  hostedModules,
  type ModuleFacts,
  type PlacementConfig,
  placementOf,
  placementShape,
} from './placement.config.js';

/** What the running app is told from outside. */
export interface AppConfig extends PlacementConfig {
  readonly host: string;
  readonly port: number;
  /** Connections that this process keeps per module. */
  readonly poolSize: number;
  /** Largest request body accepted, in bytes. */
  readonly bodyLimit: number;
  /** Login URL per hosted module: `<MODULE>_DATABASE_URL`. */
  readonly databaseUrls: Readonly<Record<string, string>>;
  /** Per hosted module, the settings that it declares: `<MODULE>_<NAME>`. */
  readonly settings: Readonly<Record<string, Settings>>;
}

/** One module's settings: parsed values by their names. */
export type Settings = Readonly<Record<string, unknown>>;

/** What a module wants to be told: the schema of each setting's raw value, by its name. */
export type SettingsShape = Readonly<Record<string, z.ZodType>>;

/** The variable that holds a module's login URL. */
export const databaseUrlVariable = (module: string) => `${module.toUpperCase()}_DATABASE_URL`;

/** The variable that holds a module's setting: `spamFilterUrl` of notes is `NOTES_SPAM_FILTER_URL`. */
export const settingVariable = (module: string, setting: string) =>
  `${module}_${setting.replaceAll(/[A-Z]/g, '_$&')}`.toUpperCase();

/**
 * @param all the modules that there are, of which `MODULES` chooses those that this process hosts
 * @param shapes the settings of those modules that declare any
 * @throws {ConfigError} naming every fault
 */
export function parseAppConfig(
  all: readonly ModuleFacts[],
  environment: Environment,
  shapes: Readonly<Record<string, SettingsShape>> = {},
): AppConfig {
  const modules = hostedModules(all, environment['MODULES']);
  const urls = Object.fromEntries(modules.map((name) => [databaseUrlVariable(name), postgresUrl]));
  const declared = modules.map((module) => [module, shapes[module] ?? {}] as const);
  const settings = declared.flatMap(([module, shape]) =>
    Object.entries(shape).map(([name, schema]) => [settingVariable(module, name), schema]),
  );
  const parsed = parseEnvironment(
    {
      HOST: z.string().default('127.0.0.1'),
      PORT: wholeNumber(0, 65_535).default(3000),
      POOL_SIZE: wholeNumber(1, 1000).default(5),
      BODY_LIMIT: wholeNumber(1024, 100_000_000).default(65_536),
      ...placementShape(all, modules),
      ...(Object.fromEntries(settings) as SettingsShape),
      ...urls,
    },
    environment,
  ) as { HOST: string; PORT: number; POOL_SIZE: number; BODY_LIMIT: number } & Record<
    string,
    string
  >;
  return {
    ...placementOf(all, modules, parsed),
    host: parsed.HOST,
    port: parsed.PORT,
    poolSize: parsed.POOL_SIZE,
    bodyLimit: parsed.BODY_LIMIT,
    databaseUrls: Object.fromEntries(
      modules.map((name) => [name, parsed[databaseUrlVariable(name)] as string]),
    ),
    settings: Object.fromEntries(
      declared.map(([module, shape]) => [
        module,
        Object.fromEntries(
          Object.keys(shape).map((name) => [name, parsed[settingVariable(module, name)]]),
        ),
      ]),
    ),
  };
}
