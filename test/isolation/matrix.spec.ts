import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { rootFolder } from '../../scripts/lib/project.js';
import { testProject } from '../support/test-project.js';
import { type Attack, attempt, type Attempt, hasVictim, type Role } from './attack.js';
import { AT_HOME } from './attacks/at-home.js';
import { ATTACKS } from './attacks/index.js';
import { OPEN_DOORS, OPEN_DOORS_OF_OWNERS } from './attacks/open-doors.js';
import { orderedPairs, type Pair, type Place, placesOf } from './place.js';
import { openSessions, type Sessions } from './sessions.js';

const project = testProject();
const places = placesOf(project);
const pairs = orderedPairs(places);
/** Where there is but one module, it is its own neighbour. */
const onePair = [...pairs, ...places.map((place): Pair => [place, place])].slice(0, 1);
const adminIsSuperuser = await isSuperuser(project.adminUrl);
let sessions: Sessions;

beforeAll(async () => {
  sessions = await openSessions(project);
});
afterAll(() => sessions.close());

for (const [home, victim] of pairs) {
  describe(`${home.module} against ${victim.module}`, () => {
    eachRole(ATTACKS.filter(hasVictim), (role, attack) => isRefused(home, victim, role, attack));
  });
}

for (const home of places) {
  describe(`${home.module} against the server`, () => {
    const list = ATTACKS.filter((attack) => !hasVictim(attack));
    eachRole(list, (role, attack) => isRefused(home, home, role, attack));
  });

  describe(`${home.module} at home`, () => {
    eachRole(ATTACKS, (role, attack) => provesControl(home, role, attack));
  });

  describe(`${home.module} as login, at home`, () => {
    eachRole(AT_HOME, (role, attack) => {
      isRefused(home, home, role, attack);
      provesControl(home, role, attack);
    });

    it.each(['_platform_migrations', '_prisma_migrations'])('may read %s', async (table) => {
      const tried = await attempt(sessions.of(home.module, 'login'), `select from ${table}`);
      expectOutcome(tried, 'done');
    });
  });
}

describe('what is not isolated', () => {
  eachRole([...OPEN_DOORS, ...OPEN_DOORS_OF_OWNERS], (role, door) => {
    for (const [home, victim] of onePair) {
      it(`lets the ${role} role ${door.name}`, async () => {
        const tried = await attempt(sessions.of(home.module, role), door.sql(victim, home));
        expectOutcome(tried, 'done');
      });
    }
  });
});

describe('the matrix', () => {
  it('holds every ordered pair of the modules that there are', () => {
    // Of a remote module there is no schema here.
    const folders = readdirSync(`${rootFolder}/prisma`, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'platform')
      .map(({ name }) => name)
      .sort();
    const expected = folders.flatMap((one) =>
      folders.filter((other) => other !== one).map((other) => `${one} ${other}`),
    );
    expect(pairs.map(([home, victim]) => `${home.module} ${victim.module}`)).toEqual(expected);
  });

  it('tries many kinds of attack, each under a name of its own', () => {
    const names = ATTACKS.map(({ name }) => name);
    expect(names.length).toBeGreaterThanOrEqual(30);
    expect(new Set(names).size).toBe(names.length);
  });
});

function isRefused(home: Place, victim: Place, role: Role, attack: Attack): void {
  it(`as ${role} is refused: ${attack.name}`, async () => {
    const client = sessions.of(home.module, role);
    expectOutcome(await attempt(client, attack.sql(victim, home), attack), attack.refused);
  });
}

/** A test that the statement of an attack is right, and was refused only for its target. */
function provesControl(home: Place, role: Role, { control, ...attack }: Attack): void {
  const by = control?.by ?? role;
  const title = `${by === role ? `as ${role}` : `the ${by}`} may: ${attack.name}`;
  if (by === 'superuser' && !adminIsSuperuser) {
    it.skip(`${title} (DATABASE_URL names no superuser)`, () => undefined);
    return;
  }
  it(title, async () => {
    const client =
      by === 'admin' || by === 'superuser' ? sessions.admin : sessions.of(home.module, by);
    const sql = control?.sql?.(home) ?? attack.sql(home, home);
    expectOutcome(await attempt(client, sql, attack), ...(control?.gives ?? ['done']));
  });
}

function eachRole(list: readonly Attack[], test: (role: Role, attack: Attack) => void): void {
  for (const attack of list) for (const role of attack.as) test(role, attack);
}

/** Shows the statement and what the server said, when the outcome is none of these. */
function expectOutcome(tried: Attempt, ...outcomes: readonly string[]): void {
  const outcome = outcomes.includes(tried.outcome) ? tried.outcome : outcomes.join(' or ');
  expect(tried).toEqual({ ...tried, outcome });
}

async function isSuperuser(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ rolsuper: boolean }>(
    'select rolsuper from pg_roles where rolname = current_user',
  );
  await client.end();
  return rows[0]?.rolsuper === true;
}
