import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  ConfigError,
  type Environment,
  httpUrl,
  parseAppConfig,
  parseOperatorConfig,
  settingVariable,
  sharedSecret,
  wholeNumber,
} from '#config';
import { declaredSettings } from '#platform/settings';
// Loads every module, and with it what each declares.
import '../../src/app.js';

const BOATS_DATABASE_URL = 'postgres://role:password@host:5432/database';
/** A module that knows nobody. */
const alone = (name: string) => ({ name, calls: [], hears: [] });
const parse = (environment: Environment) =>
  parseAppConfig([alone('boats')], { BOATS_DATABASE_URL, ...environment });

function faultsOf(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe("the app's configuration", () => {
  it('needs the login URL of every hosted module, and nothing else', () => {
    expect(parse({})).toEqual({
      host: '127.0.0.1',
      port: 3000,
      poolSize: 5,
      bodyLimit: 65_536,
      databaseUrls: { boats: BOATS_DATABASE_URL },
      settings: { boats: {} },
      modules: ['boats'],
      internal: undefined,
      urls: {},
      keys: { private: {}, public: {} },
    });
  });

  it('takes an empty variable for an unset one', () => {
    expect(parse({ PORT: '', HOST: '', POOL_SIZE: '', BODY_LIMIT: '' })).toEqual(parse({}));
    expect(faultsOf(() => parse({ BOATS_DATABASE_URL: '' }))).toEqual([
      expect.stringContaining('BOATS_DATABASE_URL is not set'),
    ]);
  });

  it('names all faults at once', () => {
    const faults = faultsOf(() =>
      parseAppConfig([alone('boats'), alone('crew')], {
        PORT: 'http',
        POOL_SIZE: '0',
        BODY_LIMIT: '1e6',
        BOATS_DATABASE_URL: 'mysql://host',
      }),
    );
    const variables = faults.map((fault) => fault.split(' ')[0]).sort();
    expect(variables).toEqual(
      ['BODY_LIMIT', 'CREW_DATABASE_URL', 'BOATS_DATABASE_URL', 'PORT', 'POOL_SIZE'].sort(),
    );
    expect(faults.join()).toContain('PORT is "http"; it must be a whole number from 0 to 65535');
    expect(new ConfigError(faults).message).toContain('5 fault(s)');
  });

  it.each(['65536', '-1', '80.5', '0x50', ' 80', '80 ', '1e3', '٣', '99999999999'])(
    'refuses the port %j',
    (PORT) => {
      expect(faultsOf(() => parse({ PORT }))).toHaveLength(1);
    },
  );

  it.each(['postgres://', 'postgres:///database', 'host:5432', 'http://host/', 'postgres//host'])(
    'refuses the URL %j',
    (url) => {
      expect(faultsOf(() => parse({ BOATS_DATABASE_URL: url }))).toHaveLength(1);
    },
  );

  it('does not repeat what may hold a password', () => {
    const faults = faultsOf(() => parse({ BOATS_DATABASE_URL: 'mysql://role:hunter2@host/' }));
    expect(faults).toEqual([
      expect.stringMatching(/^BOATS_DATABASE_URL is what it holds; it must/),
    ]);
    expect(faults.join()).not.toContain('hunter2');
  });
});

describe("a module's settings", () => {
  const shapes = {
    boats: { mailUrl: httpUrl, patience: wholeNumber(1, 9).default(5), apiKey: sharedSecret },
    harbours: { imageUrl: httpUrl },
  };
  const given = { BOATS_MAIL_URL: 'https://mail/', BOATS_API_KEY: 'k'.repeat(32) };
  const parseWith = (environment: Environment) =>
    parseAppConfig([alone('boats')], { BOATS_DATABASE_URL, ...environment }, shapes);

  it('come from variables that begin with its name, for the hosted modules only', () => {
    expect(parseWith({ ...given, BOATS_PATIENCE: '3' }).settings).toEqual({
      boats: { mailUrl: 'https://mail/', patience: 3, apiKey: 'k'.repeat(32) },
    });
  });

  it('are named with the other faults, and no secret is repeated', () => {
    const faults = faultsOf(() =>
      parseWith({ PORT: 'http', BOATS_MAIL_URL: 'smtp://mail', BOATS_API_KEY: 'hunter2' }),
    );
    expect(faults).toEqual([
      'PORT is "http"; it must be a whole number from 0 to 65535',
      'BOATS_MAIL_URL is what it holds; it must be a URL such as https://host:443/path',
      expect.stringMatching(/^BOATS_API_KEY is what it holds; it must have at least 32/),
    ]);
    expect(faultsOf(() => parseWith({}))).toHaveLength(2);
  });

  it('are each explained in .env.example', () => {
    const text = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
    const variables = Object.entries(declaredSettings()).flatMap(([module, shape]) =>
      Object.keys(shape).map((name) => settingVariable(module, name)),
    );
    expect(variables.filter((variable) => !text.includes(`#${variable}=`))).toEqual([]);
  });
});

describe("the operator's configuration", () => {
  it('needs nothing', () => {
    expect(parseOperatorConfig({})).toMatchObject({ databaseUrl: undefined, poolSize: 5 });
    expect(parseOperatorConfig({ DATABASE_URL: '', DATABASE_SECRET: '' })).toMatchObject({
      databaseUrl: undefined,
      databaseSecret: undefined,
    });
  });

  it('names all faults at once, and repeats no secret', () => {
    const faults = faultsOf(() =>
      parseOperatorConfig({
        DATABASE_URL: 'x:hunter2',
        DATABASE_SECRET: 'hunter2',
        POOL_SIZE: '-',
      }),
    );
    expect(faults).toHaveLength(3);
    expect(faults.join()).not.toContain('hunter2');
  });
});
