import { type MigrationState } from '#platform/database/migration-history';

/** A module whose schema is to be migrated or looked at. */
export interface MigrationTarget {
  readonly module: string;
  /** URL of the module's owner role. */
  readonly ownerUrl: string;
  readonly loginRole: string;
}

/** What stopped a module: what is so, and what to do about it. */
export interface MigrationFault {
  readonly module: string;
  readonly fact: string;
  readonly remedy: string;
}

/** What one run did to one module. */
export interface MigrationReport {
  readonly module: string;
  /** Names of the migrations applied now; the platform's begin with `platform/`. */
  readonly applied: string[];
  readonly fault?: MigrationFault;
}

/** Where one module's database stands. */
export interface ModuleStatus extends MigrationState {
  readonly module: string;
  /** The SQL that takes the database to schema.prisma; empty when they agree. */
  readonly drift: string;
}

export interface MigrationOptions {
  /** Absolute path of the folder that holds `platform/` and `<module>/`. */
  readonly prismaFolder: string;
  /** The module whose failed migration is to be marked as rolled back and applied again. */
  readonly retry?: string;
  /** Report what would be applied, and apply nothing. */
  readonly dryRun?: boolean;
  /** How long to wait for another process that migrates the same module, in seconds. */
  readonly lockWaitSeconds?: number;
}
