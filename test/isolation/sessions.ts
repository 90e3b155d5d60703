import pg from 'pg';
import { loginRole, ownerRole, passwordOf, urlWith } from '#platform/database/names';
import type { Project } from '../../scripts/lib/set-up.js';
import type { Role } from './attack.js';
import { CREATE_PROBES, DROP_PROBES } from './probes.js';

/** By which the attacks find the victim's idle session. */
export const BYSTANDER = 'probe_bystander';

/** One session per role, as the real roles, with the probes in place. */
export interface Sessions {
  readonly admin: pg.Client;
  of(module: string, role: Role): pg.Client;
  close(): Promise<void>;
}

export async function openSessions(project: Project): Promise<Sessions> {
  const open = new Map<string, pg.Client>();
  const connect = async (key: string, connectionString: string, application_name = 'probe') => {
    const client = new pg.Client({ connectionString, application_name });
    // A session that an attack managed to end says so at its next statement.
    client.on('error', () => undefined);
    await client.connect();
    open.set(key, client);
    return client;
  };
  for (const module of project.modules) {
    const owner = await connect(`${module} owner`, urlOf(project, module, 'owner'));
    await owner.query(CREATE_PROBES);
    await connect(`${module} login`, urlOf(project, module, 'login'));
    await connect(`${module} bystander`, urlOf(project, module, 'login'), BYSTANDER);
  }
  const of = (module: string, role: Role) => open.get(`${module} ${role}`) as pg.Client;
  return {
    admin: await connect('admin', project.adminUrl),
    of,
    async close() {
      try {
        for (const module of project.modules) await of(module, 'owner').query(DROP_PROBES);
      } finally {
        for (const client of open.values()) await client.end();
      }
    },
  };
}

/** A role's URL. */
export function urlOf({ adminUrl, name, secret }: Project, module: string, role: Role): string {
  const user = (role === 'login' ? loginRole : ownerRole)(name, module);
  return urlWith(adminUrl, { user, password: passwordOf(secret, user) });
}
