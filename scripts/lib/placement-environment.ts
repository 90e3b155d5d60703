import { hkdfSync } from 'node:crypto';
import { type Environment, placementShape, privateKeyVariable, publicKeyVariable } from '#config';
import type { Manifest } from '#platform/manifest';
import { publicHalfOf } from '#platform/wire/keys';
import { refuseUnknownModules } from './known-modules.js';
import { appEnvironment, type Project } from './set-up.js';

/** What a process is told that hosts some of the modules. */
export interface PlacementEnvironment {
  /** What follows from the manifests and the secret. */
  readonly values: Readonly<Record<string, string>>;
  /** The variables that only the operator can fill in, and whether the process starts without. */
  readonly open: ReadonlyArray<{ readonly variable: string; readonly optional: boolean }>;
}

/**
 * A module's private key, derived so that nobody has to store it (HKDF, RFC 5869, with SHA-256).
 *
 * @param secret the clone's secret
 * @returns the 32 bytes of an Ed25519 key as base64url
 */
export const moduleKey = (secret: string, module: string): string =>
  Buffer.from(hkdfSync('sha256', secret, '', `module:${module}`, 32)).toString('base64url');

/**
 * @param hosted the modules that the process is to host
 * @throws {CliError} naming the modules that there are, when one of them is none
 */
export function placementEnvironment(
  project: Project,
  manifests: readonly Manifest[],
  hosted: readonly string[],
): PlacementEnvironment {
  refuseUnknownModules(hosted, project.modules);
  const asked = placementShape(manifests, hosted);
  const known: Record<string, string | undefined> = {
    MODULES: hosted.join(','),
    ...appEnvironment({ ...project, modules: hosted }),
    ...Object.fromEntries(
      manifests.flatMap(({ name }) => keysOf(project.secret, name)).filter(([key]) => key in asked),
    ),
  };
  return {
    values: known as Record<string, string>,
    open: Object.entries(asked)
      .filter(([variable]) => !(variable in known))
      .map(([variable, schema]) => ({ variable, optional: schema.safeParse(undefined).success })),
  };
}

/** An address at which nobody answers: port 9 is for discarding (RFC 863). */
export const NOWHERE = 'http://127.0.0.1:9';

/**
 * The same for a process that is started by itself, to look at it or to test it: with keys derived
 * from the project's secret, and the modules that it calls or hears nowhere. Empty of a project that
 * holds all its modules.
 */
export function aloneEnvironment(
  { secret, modules }: Pick<Project, 'secret' | 'modules'>,
  manifests: readonly Manifest[],
): Environment {
  const keys = Object.fromEntries(manifests.flatMap(({ name }) => keysOf(secret, name)));
  const asked = Object.entries(placementShape(manifests, modules))
    .filter(([, schema]) => !schema.safeParse(undefined).success)
    .map(([variable]) => variable);
  const valueOf = (variable: string) =>
    keys[variable] ?? (variable === 'INTERNAL_PORT' ? '0' : NOWHERE);
  return Object.fromEntries(asked.map((variable) => [variable, valueOf(variable)]));
}

function keysOf(secret: string, module: string): [variable: string, key: string][] {
  const key = moduleKey(secret, module);
  return [
    [privateKeyVariable(module), key],
    [publicKeyVariable(module), publicHalfOf(key)],
  ];
}

/** The lines of an `.env` file; what is to be filled in stands in comments. */
export function linesOf({ values, open }: PlacementEnvironment): string[] {
  const toFill = (optional: boolean) =>
    open.filter((each) => each.optional === optional).map(({ variable }) => `#${variable}=`);
  return [
    ...Object.entries(values).map(([variable, value]) => `${variable}=${value}`),
    ...headed('# To be filled in:', toFill(false)),
    ...headed('# If need be:', toFill(true)),
  ];
}

const headed = (heading: string, lines: readonly string[]) =>
  lines.length > 0 ? ['', heading, ...lines] : [];
