import type { Attack } from '../attack.js';
import { onDefinitions } from './definitions.js';
import { byReference } from './references.js';
import { onRights, onRightsAsOwner, onSessions } from './rights.js';
import { onRows, onRowsAsOwner } from './rows.js';
import { onCode, onDatabase, onServer } from './server.js';

/** Every way over the wall that is tried. */
export const ATTACKS: readonly Attack[] = [
  ...onRows,
  ...onRowsAsOwner,
  ...byReference,
  ...onDefinitions,
  ...onRights,
  ...onSessions,
  ...onRightsAsOwner,
  ...onDatabase,
  ...onServer,
  ...onCode,
];
