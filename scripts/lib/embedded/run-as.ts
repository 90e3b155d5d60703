import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { ServerFailure } from './failure.js';

/** The user that Postgres runs as, as spawn options: empty for the current one. */
export type RunAs = { readonly uid: number; readonly gid: number } | Record<string, never>;

/**
 * Postgres refuses to run as root, so root hands it to the owner of existing data, else to
 * `postgres`, else to `nobody`. No account is ever made.
 *
 * @param data the data folder, which may not exist yet
 * @throws {ServerFailure} when there is no such user, or the data is somebody else's
 */
export function serverUser(data: string): RunAs {
  const found = statSync(data, { throwIfNoEntry: false });
  const own = process.getuid?.();
  if (own !== 0) {
    if (!found || found.uid === own) return {};
    throw new ServerFailure(
      `"${data}" belongs to user ${found.uid}: it was made when root ran the server.`,
      'Run as root again, or have root remove that folder to start afresh.',
    );
  }
  if (found && found.uid !== 0) return { uid: found.uid, gid: found.gid };
  const user = lookUp('postgres') ?? lookUp('nobody');
  if (user) return user;
  throw new ServerFailure(
    'Postgres does not run as root, and there is neither a user "postgres" nor "nobody".',
    'Run as an ordinary user, or set DATABASE_URL to a server of your own.',
  );
}

function lookUp(name: string): RunAs | undefined {
  const [uid, gid] = ['-u', '-g'].map((flag) => {
    const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8' });
    return status === 0 ? Number(stdout) : 0;
  });
  return uid && gid ? { uid, gid } : undefined;
}

/** Whether a shell test passes as that user; asking the kernel beats reading modes and ACLs. */
export const canRun = (runAs: RunAs, test: string, ...values: string[]): boolean =>
  spawnSync('/bin/sh', ['-c', test, 'sh', ...values], { ...runAs, cwd: '/' }).status === 0;

/** Whether that user can get to a folder. */
export const canEnter = (runAs: RunAs, folder: string): boolean =>
  canRun(runAs, 'cd -- "$1"', folder);
