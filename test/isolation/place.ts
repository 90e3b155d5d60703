import pg from 'pg';
import { loginRole, ownerRole } from '#platform/database/names';
import { databaseOf } from '../../scripts/lib/provision/target.js';
import type { Project } from '../../scripts/lib/set-up.js';

/** A module as SQL names it; all but `module` is quoted. */
export interface Place {
  readonly module: string;
  readonly schema: string;
  readonly login: string;
  readonly owner: string;
  /** The one that all modules share. */
  readonly database: string;
}

/** An attacker and whom it attacks. */
export type Pair = readonly [home: Place, victim: Place];

export const placesOf = ({ name, modules, adminUrl }: Omit<Project, 'secret'>): Place[] =>
  modules.map((module) => ({
    module,
    schema: pg.escapeIdentifier(module),
    login: pg.escapeIdentifier(loginRole(name, module)),
    owner: pg.escapeIdentifier(ownerRole(name, module)),
    database: pg.escapeIdentifier(databaseOf(adminUrl)),
  }));

/** Everybody against everybody else. */
export const orderedPairs = (places: readonly Place[]): Pair[] =>
  places.flatMap((home) =>
    places.filter((victim) => victim !== home).map((victim): Pair => [home, victim]),
  );
