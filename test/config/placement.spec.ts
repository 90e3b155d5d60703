import { describe, expect, it } from '@jest/globals';
import { ConfigError, type Environment, parseAppConfig } from '#config';

const KEY = 'k'.repeat(43);
const ALL = [
  { name: 'boats', calls: ['crew'], hears: [] },
  { name: 'crew', calls: [], hears: [] },
  { name: 'logs', calls: [], hears: ['boats'] },
];
const DATABASES = {
  BOATS_DATABASE_URL: 'postgres://boats:secret@host/db',
  CREW_DATABASE_URL: 'postgres://crew:secret@host/db',
  LOGS_DATABASE_URL: 'postgres://logs:secret@host/db',
};

const parse = (environment: Environment) => parseAppConfig(ALL, { ...DATABASES, ...environment });

function variablesAtFault(environment: Environment): string[] {
  try {
    parse(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map((fault) => fault.split(' ')[0] ?? '');
    throw error;
  }
  return [];
}

describe('a process without MODULES', () => {
  it('hosts all of them, and asks for no URL, key or port', () => {
    expect(parse({})).toMatchObject({
      modules: ['boats', 'crew', 'logs'],
      internal: undefined,
      urls: {},
      keys: { private: {}, public: {} },
    });
  });

  it('lets others in when it is told where', () => {
    expect(parse({ INTERNAL_PORT: '0' }).internal).toEqual({ host: '127.0.0.1', port: 0 });
  });
});

describe('a process of some modules', () => {
  it('asks nothing of the databases of the others', () => {
    const config = parseAppConfig(ALL, {
      MODULES: 'crew',
      CREW_DATABASE_URL: DATABASES.CREW_DATABASE_URL,
      INTERNAL_PORT: '4000',
      BOATS_PUBLIC_KEY: KEY,
    });
    expect(config).toMatchObject({
      modules: ['crew'],
      databaseUrls: { crew: DATABASES.CREW_DATABASE_URL },
      internal: { host: '127.0.0.1', port: 4000 },
      keys: { private: {}, public: { boats: KEY } },
    });
  });

  it.each([
    ['who calls another', 'boats,logs', ['BOATS_PRIVATE_KEY', 'CREW_URL']],
    ['who is called', 'crew', ['BOATS_PUBLIC_KEY', 'INTERNAL_PORT']],
    ['who hears another', 'logs', ['BOATS_URL', 'LOGS_PRIVATE_KEY']],
    [
      'who calls and is heard',
      'boats',
      ['BOATS_PRIVATE_KEY', 'CREW_URL', 'INTERNAL_PORT', 'LOGS_PUBLIC_KEY'],
    ],
  ])('asks of one %s for exactly what that takes', (_who, MODULES, variables) => {
    expect(variablesAtFault({ MODULES }).sort()).toEqual(variables);
  });

  it('takes the URL of a module that it only passes requests on to', () => {
    const config = parse({ MODULES: 'boats,crew', LOGS_URL: 'http://logs', ...internal });
    expect(config.urls).toEqual({ logs: 'http://logs' });
  });

  it('reads the list with spaces and empty places', () => {
    expect(parse({ MODULES: ' crew , boats,', ...internal }).modules).toEqual(['boats', 'crew']);
  });

  const internal = { INTERNAL_PORT: '4000', LOGS_PUBLIC_KEY: KEY };
});

describe('a wrong placement', () => {
  it('names the modules that there are', () => {
    expect(() => parse({ MODULES: 'boats,crew,logs,planes' })).toThrow(
      'MODULES is "boats,crew,logs,planes"; it must name modules, separated by commas: boats, crew, logs',
    );
  });

  it('refuses a key of another form, without repeating it', () => {
    const given = { MODULES: 'crew', INTERNAL_PORT: '1', BOATS_PUBLIC_KEY: 'short' };
    expect(() => parse(given)).toThrow(
      'BOATS_PUBLIC_KEY is what it holds; it must be an Ed25519 key of 43 characters',
    );
  });

  it('refuses a URL of another protocol', () => {
    const given = { MODULES: 'logs', LOGS_PRIVATE_KEY: KEY, BOATS_URL: 'ftp://boats' };
    expect(variablesAtFault(given)).toEqual(['BOATS_URL']);
  });
});
