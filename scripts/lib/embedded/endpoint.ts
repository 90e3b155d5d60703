import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { createOnce } from '../create-once.js';
import { ServerFailure } from './failure.js';
import { randomPort } from './ports.js';

/** Where the keeper of a state folder is found, and the word by which both sides know each other. */
export interface Endpoint {
  /** The keeper listens on one of these; the others are for when a stranger has the first. */
  readonly ports: readonly number[];
  readonly token: string;
}

/**
 * The endpoint of a state folder, the same for every process that asks.
 *
 * @param folder absolute path of an existing folder
 * @throws {ServerFailure} when its file was damaged
 */
export function endpointOf(folder: string): Endpoint {
  // Named after the inode: a copied clone must not find the keeper of the original.
  const file = join(folder, `keeper-${statSync(folder).ino}.json`);
  const ports = [randomPort(), randomPort(), randomPort()];
  const token = randomBytes(32).toString('base64url');
  const recorded = createOnce(file, JSON.stringify({ ports, token }));
  try {
    return JSON.parse(recorded) as Endpoint;
  } catch (cause) {
    throw new ServerFailure(`"${file}" is damaged.`, 'Remove it and try again.', { cause });
  }
}
