import { describe, expect, it } from '@jest/globals';
import { ConfigError, type Environment, parseAppConfig, parseOperatorConfig } from '#config';

const BOATS_DATABASE_URL = 'postgres://role:password@host:5432/database';
const parse = (environment: Environment) =>
  parseAppConfig(['boats'], { BOATS_DATABASE_URL, ...environment });

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
      parseAppConfig(['boats', 'crew'], {
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
