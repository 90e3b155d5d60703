import { createHmac } from 'node:crypto';

/**
 * The comment on each role that says which database's project made it, since roles belong to the
 * whole server and two clones may share one.
 */
export interface Marker {
  /** Version of this format. */
  readonly version: 1;
  readonly database: string;
  /** Fingerprint of the secret that the role's password derives from. */
  readonly secret: string;
}

/** Tells secrets apart and reveals nothing: every role of the server may read a comment. */
const fingerprint = (secret: string) =>
  createHmac('sha256', secret).update('fingerprint').digest('hex').slice(0, 16);

export const markerOf = (database: string, secret: string): Marker => ({
  version: 1,
  database,
  secret: fingerprint(secret),
});

/** @returns undefined when the comment is no marker of ours */
export function parseMarker(comment: string | null): Marker | undefined {
  try {
    const found = JSON.parse(comment ?? 'null') as Marker | null;
    return found?.version === 1 ? found : undefined;
  } catch {
    return undefined;
  }
}
