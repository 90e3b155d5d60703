import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { urlWith } from '#platform/database/names';
import { type EmbeddedLease, startScratchServer } from '../../scripts/lib/embedded/index.js';
import { provision } from '../../scripts/lib/provision/index.js';
import type { Project } from '../../scripts/lib/set-up.js';
import { type Attack, attempt, hasVictim, type Role, succeeded } from './attack.js';
import { ATTACKS } from './attacks/index.js';
import { type Place, placesOf } from './place.js';
import { openSessions, type Sessions } from './sessions.js';

let server: EmbeddedLease;
let project: Project;
let home: Place;
let victim: Place;
let sessions: Sessions;

beforeAll(async () => {
  server = await startScratchServer();
  project = {
    adminUrl: urlWith(server.url, { database: 'holes' }),
    secret: 'one secret'.padEnd(40, '.'),
    name: 'holes',
    modules: ['thief', 'bank'],
  };
  await provision({ ...project, project: project.name, poolSize: 3 });
  [home, victim] = placesOf(project) as [Place, Place];
  sessions = await openSessions(project);
});
afterAll(async () => {
  await sessions.close();
  await server.release();
});

/** The names of the attacks that get through, of all that are aimed at a module. */
async function holes(role: Role): Promise<string[]> {
  const found: string[] = [];
  for (const attack of ATTACKS.filter((each) => hasVictim(each) && each.as.includes(role))) {
    const client = sessions.of(home.module, role);
    const tried = await attempt(client, attack.sql(victim, home), attack);
    if (succeeded(tried)) found.push(attack.name);
  }
  return found;
}

/** Makes a hole for as long as the work takes. */
async function withHole<T>(make: string, mend: string, work: () => Promise<T>): Promise<T> {
  await sessions.admin.query(make);
  try {
    return await work();
  } finally {
    await sessions.admin.query(mend);
  }
}

describe('the matrix', () => {
  it.each(['login', 'owner'] as const)(
    'finds no hole for the %s role to begin with',
    async (role) => {
      expect(await holes(role)).toEqual([]);
    },
  );

  it('finds a table that was granted by hand', async () => {
    const found = await withHole(
      `grant usage on schema bank to ${home.login}; grant select on bank.probe_table to ${home.login}`,
      `revoke all on schema bank from ${home.login}; revoke all on bank.probe_table from ${home.login}`,
      () => holes('login'),
    );
    expect(found).toEqual(expect.arrayContaining(['select', 'copy out', 'declare a cursor']));
    expect(found).not.toContain('update');
  });

  it('finds a table that was granted to everybody', async () => {
    const found = await withHole(
      'grant usage on schema bank to public; grant select, delete on bank.probe_table to public',
      'revoke all on schema bank from public; revoke all on bank.probe_table from public',
      () => holes('owner'),
    );
    expect(found).toEqual(expect.arrayContaining(['select', 'delete', 'merge']));
    expect(found).toContain('call a SECURITY DEFINER function that reads it');
  });

  it('finds a foreign key that became possible', async () => {
    const found = await withHole(
      `grant usage on schema bank to ${home.owner}; grant references on bank.probe_table to ${home.owner}`,
      `revoke all on schema bank from ${home.owner}; revoke all on bank.probe_table from ${home.owner}`,
      () => holes('owner'),
    );
    expect(found).toEqual(expect.arrayContaining(['create a foreign key', 'add a foreign key']));
  });

  it('finds a membership', async () => {
    const found = await withHole(
      `grant ${victim.owner} to ${home.login}`,
      `revoke ${victim.owner} from ${home.login}`,
      () => holes('login'),
    );
    expect(found).toEqual(['become the owner role']);
  });

  it('finds a role that became superuser', async () => {
    const found = await withHole(
      `alter role ${home.login} superuser`,
      `alter role ${home.login} nosuperuser`,
      () => holes('login'),
    );
    expect(found).toEqual(expect.arrayContaining(['select', 'become the login role']));
  });
});

describe('behind the wall of the schema stands a second one', () => {
  it.each(['login', 'owner'] as const)(
    'gives the %s role no more for USAGE on the schema than the attacks say',
    async (role) => {
      const found = await withHole(
        `grant usage on schema bank to ${home[role]}`,
        `revoke usage on schema bank from ${home[role]}`,
        () => holes(role),
      );
      const expected = ATTACKS.filter(
        ({ as, withUsage }: Attack) => as.includes(role) && withUsage !== undefined,
      );
      expect(found).toEqual(expected.map(({ name }) => name));
    },
  );
});
