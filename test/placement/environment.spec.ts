import { execFile } from 'node:child_process';
import { parseEnv, promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '#config';
import { publicHalfOf } from '#platform/wire/keys';
import { CliError } from '../../scripts/lib/cli.js';
import {
  aloneEnvironment,
  moduleKey,
  placementEnvironment,
} from '../../scripts/lib/placement-environment.js';
import { readProjectManifests, readProjectModules, rootFolder } from '../../scripts/lib/project.js';
import { appConfig } from '../../src/app.js';
import { testEnvironment, testProject } from '../support/test-project.js';

/** As if no module were remote: that a process of this project cannot host one is another matter. */
const manifests = readProjectManifests().map(({ name, calls, hears }) => ({ name, calls, hears }));
const names = manifests.map(({ name }) => name);
const environmentOf = (...hosted: string[]) =>
  placementEnvironment({ ...testProject(), modules: names }, manifests, hosted);

/** What modules of this project ask for themselves, and no more. */
const settings = () => {
  const placed = aloneEnvironment(testProject(), readProjectManifests());
  return Object.fromEntries(
    Object.entries(testEnvironment()).filter(
      ([variable]) => !variable.endsWith('DATABASE_URL') && !(variable in placed),
    ),
  );
};

/** What the operator fills in. */
const filledIn = (variable: string) => [
  variable,
  variable.endsWith('_PORT')
    ? '0'
    : variable.endsWith('_HOST')
      ? '127.0.0.1'
      : 'http://127.0.0.1:1',
];

describe("a process's environment", () => {
  it.each(readProjectModules())('is all that it asks for when it hosts %s alone', (module) => {
    const { values, open } = environmentOf(module);
    const wanted = open.filter(({ optional }) => !optional).map(({ variable }) => variable);
    const complete = Object.fromEntries(wanted.map(filledIn));
    expect(appConfig({ ...settings(), ...values, ...complete }).modules).toEqual([module]);
    expect(missing({ ...settings(), ...values })).toEqual(wanted);
  });

  it('of a process that hosts every module has no keys', () => {
    const { values } = environmentOf(...names);
    expect(Object.keys(values).filter((variable) => variable.endsWith('_KEY'))).toEqual([]);
  });

  it('holds the private keys of hosted modules alone', () => {
    for (const { name } of manifests) {
      const { secret } = testProject();
      const others = names.filter((each) => each !== name).map((each) => moduleKey(secret, each));
      const values = Object.values(environmentOf(name).values);
      expect(values.filter((value) => others.includes(value))).toEqual([]);
    }
  });

  it('knows each caller by the key that the caller signs with', () => {
    const pairs = manifests.flatMap(({ name, calls, hears }) =>
      [...calls, ...hears].map((target) => [name, target] as const),
    );
    for (const [caller, callee] of pairs) {
      const signs = environmentOf(caller).values[`${caller.toUpperCase()}_PRIVATE_KEY`];
      const knows = environmentOf(callee).values[`${caller.toUpperCase()}_PUBLIC_KEY`];
      expect(publicHalfOf(signs as string)).toBe(knows);
    }
  });

  it('is refused for a module that there is not', () => {
    const work = () => environmentOf('nobody', names[0] as string);
    expect(work).toThrow(CliError);
    expect(work).toThrow('There is no module "nobody".');
  });
});

describe("a module's key", () => {
  it('is another one for each module and each secret, and the same each time', () => {
    const keys = [moduleKey('a', 'x'), moduleKey('a', 'y'), moduleKey('b', 'x')];
    expect(new Set(keys).size).toBe(3);
    expect(moduleKey('a', 'x')).toBe(keys[0]);
    for (const key of keys) expect(key).toMatch(/^[\w-]{43}$/);
  });
});

describe('npm run placement:env', () => {
  it('prints the lines of an .env file, with what is to be filled in as comments', async () => {
    const { adminUrl, secret } = testProject();
    const [module = ''] = readProjectModules();
    const { stdout } = await promisify(execFile)(
      'npm',
      ['run', '--silent', 'placement:env', '--', module],
      { cwd: rootFolder, env: { ...process.env, DATABASE_URL: adminUrl, DATABASE_SECRET: secret } },
    );
    const { values, open } = environmentOf(module);
    expect(Object.keys(parseEnv(stdout)).sort()).toEqual(Object.keys(values).sort());
    for (const { variable } of open) expect(stdout).toContain(`\n#${variable}=\n`);
  });
});

function missing(environment: Record<string, string | undefined>): string[] {
  try {
    appConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map((fault) => fault.split(' ')[0] ?? '');
    throw error;
  }
  return [];
}
