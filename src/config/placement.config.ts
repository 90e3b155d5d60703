import { z } from 'zod';
import { httpUrl, wholeNumber } from './environment.js';

/** What the configuration has to know of a module: its name, whom it calls and whom it hears. */
export interface ModuleFacts {
  readonly name: string;
  readonly calls: readonly string[];
  readonly hears: readonly string[];
  /** Whether no process of this project can host it. */
  readonly remote?: boolean | undefined;
}

/** Which modules run in this process, and how it and the others reach each other. */
export interface PlacementConfig {
  /** The modules that this process hosts. */
  readonly modules: readonly string[];
  /** Where other processes reach this one; undefined when none may. */
  readonly internal: { readonly host: string; readonly port: number } | undefined;
  /** Of modules that are not hosted here, the internal URL of the process that hosts them. */
  readonly urls: Readonly<Record<string, string>>;
  /** Ed25519 keys, 32 bytes as base64url: private ones sign for hosted modules, public ones know the others. */
  readonly keys: {
    readonly private: Readonly<Record<string, string>>;
    readonly public: Readonly<Record<string, string>>;
  };
}

/** The variable of a module that is not hosted here: where it is. */
export const urlVariable = (module: string) => `${module.toUpperCase()}_URL`;

/** The variable of a module's signing key. */
export const privateKeyVariable = (module: string) => `${module.toUpperCase()}_PRIVATE_KEY`;

/** The variable of the key by which a module's signature is known. */
export const publicKeyVariable = (module: string) => `${module.toUpperCase()}_PUBLIC_KEY`;

const KEY_FORM = 'must be an Ed25519 key of 43 characters, from: npm run placement:env';
const key = z.string(KEY_FORM).regex(/^[\w-]{43}$/, KEY_FORM);

/** The modules that MODULES names, or all that can be hosted; a wrong name is a fault of the shape below. */
export function hostedModules(all: readonly ModuleFacts[], given: string | undefined): string[] {
  const names = hostable(all);
  const wanted = wordsOf(given ?? '');
  return wanted.length === 0 ? names : names.filter((name) => wanted.includes(name));
}

const hostable = (all: readonly ModuleFacts[]) =>
  all.filter(({ remote }) => !remote).map(({ name }) => name);

const wordsOf = (list: string) =>
  list
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean);

/** The variables that the placement takes: none of a process that hosts everything. */
export function placementShape(
  all: readonly ModuleFacts[],
  hosted: readonly string[],
): Record<string, z.ZodType> {
  const { callees, callers, others } = neighbours(all, hosted);
  const names = hostable(all);
  const known = (value: string) => wordsOf(value).every((word) => names.includes(word));
  return {
    MODULES: z
      .string()
      .refine(known, `must name modules, separated by commas: ${names.join(', ')}`)
      .optional(),
    INTERNAL_HOST: z.string().default('127.0.0.1'),
    INTERNAL_PORT: callers.length > 0 ? port : port.optional(),
    ...fromNames(others, urlVariable, (name) =>
      callees.includes(name) ? httpUrl : httpUrl.optional(),
    ),
    ...fromNames(signers(all, hosted), privateKeyVariable, () => key),
    ...fromNames(callers, publicKeyVariable, () => key),
  };
}

const port = wholeNumber(0, 65_535);

/** The placement, of parsed variables. */
export function placementOf(
  all: readonly ModuleFacts[],
  hosted: readonly string[],
  parsed: Readonly<Record<string, unknown>>,
): PlacementConfig {
  const { callers, others } = neighbours(all, hosted);
  const valuesOf = (names: readonly string[], variable: (name: string) => string) =>
    Object.fromEntries(
      names.flatMap((name) => {
        const value = parsed[variable(name)];
        return value === undefined ? [] : [[name, value as string]];
      }),
    );
  const internalPort = parsed['INTERNAL_PORT'] as number | undefined;
  return {
    modules: hosted,
    internal:
      internalPort === undefined
        ? undefined
        : { host: parsed['INTERNAL_HOST'] as string, port: internalPort },
    urls: valuesOf(others, urlVariable),
    keys: {
      private: valuesOf(signers(all, hosted), privateKeyVariable),
      public: valuesOf(callers, publicKeyVariable),
    },
  };
}

/** Who stands on the other side: called or heard from here, calling or hearing what is here, and all others. */
function neighbours(all: readonly ModuleFacts[], hosted: readonly string[]) {
  const here = all.filter(({ name }) => hosted.includes(name));
  const others = all.filter(({ name }) => !hosted.includes(name));
  const reached = here.flatMap(targetsOf);
  return {
    callees: others.map(({ name }) => name).filter((name) => reached.includes(name)),
    callers: others
      .filter((module) => targetsOf(module).some((name) => hosted.includes(name)))
      .map(({ name }) => name),
    others: others.map(({ name }) => name),
  };
}

/** The hosted modules that call or hear one that is not hosted here. */
const signers = (all: readonly ModuleFacts[], hosted: readonly string[]): string[] =>
  all
    .filter(({ name }) => hosted.includes(name))
    .filter((module) => targetsOf(module).some((target) => !hosted.includes(target)))
    .map(({ name }) => name);

const targetsOf = ({ calls, hears }: ModuleFacts) => [...calls, ...hears];

const fromNames = <T>(
  names: readonly string[],
  variable: (name: string) => string,
  value: (name: string) => T,
) => Object.fromEntries(names.map((name) => [variable(name), value(name)]));
