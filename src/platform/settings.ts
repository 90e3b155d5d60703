import type { z } from 'zod';
import type { SettingsShape } from '#config';

export { httpUrl, sharedSecret, wholeNumber } from '#config';

/** These are taken: the platform asks them of each module, and its code never sees them. */
type Shape = SettingsShape & {
  readonly [Taken in 'databaseUrl' | 'url' | 'privateKey' | 'publicKey']?: never;
};

type Values<S extends Shape> = { readonly [Name in keyof S]: z.output<S[Name]> };

/** The class of one module's settings: what is injected, and what the configuration is asked. */
export interface SettingsClass<S extends Shape> {
  new (values: Values<S>): Values<S>;
  readonly shape: S;
}

/** Any module's settings class. */
export interface AnySettingsClass {
  new (values: never): object;
  readonly shape: SettingsShape;
}

const declared = new Map<string, SettingsShape>();

/**
 * Defines a module's settings, to be extended by a class that `defineModule` is told of. The setting
 * `spamFilterUrl` of the module notes is the variable `NOTES_SPAM_FILTER_URL`.
 *
 * @param shape a schema per setting, of the raw string or of undefined; its messages go on from "it",
 *   as in "must be a URL"
 */
export const defineSettings = <const S extends Shape>(shape: S): SettingsClass<S> =>
  class {
    static readonly shape = shape;

    constructor(values: Values<S>) {
      Object.assign(this, values);
    }
  } as unknown as SettingsClass<S>;

/** Notes what a module asks for, while it is loaded and so before the environment is parsed. */
export const declareSettings = (module: string, { shape }: AnySettingsClass): void =>
  void declared.set(module, shape);

/** The settings of every module that was loaded. */
export const declaredSettings = (): Readonly<Record<string, SettingsShape>> =>
  Object.fromEntries(declared);
