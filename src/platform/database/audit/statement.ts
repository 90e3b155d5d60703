import sql, { raw, type Sql } from 'sql-template-tag';
import { CATALOG } from './system-tables.js';
import { DEFAULT_PRIVILEGES, DEFAULTS, MISSING_DEFAULTS } from './default-privileges.js';
import { DEPENDENCIES } from './dependencies.js';
import type { Expectation } from './finding.js';
import { BODIES, FUNCTION_RIGHTS, OPAQUE_BODIES } from './functions.js';
import { OUTSIDERS, OWNERS, SCHEMAS } from './objects.js';
import { ACCESS, MISSING_PRIVILEGES, PRIVILEGES } from './privileges.js';
import { ATTRIBUTES, KNOWN_ROLES, LIMITS, MEMBERSHIPS, ROLE_LIMITS, SETTINGS } from './roles.js';

/** What the statement gives for each finding. */
export interface Row {
  readonly rule: string;
  readonly what: string;
  readonly place: string;
  readonly repair: string;
  readonly modules: string[];
  /** Whether it lets a module's login role out of its schema. */
  readonly reach: boolean;
  /** Who or what the allowed list may excuse: such as `role`, and its name. */
  readonly subject_kind: string | null;
  readonly subject: string | null;
}

const REACH = {
  common: [CATALOG, ACCESS],
  checks: [DEPENDENCIES, PRIVILEGES, FUNCTION_RIGHTS, ATTRIBUTES, MEMBERSHIPS, OWNERS],
};

const ALL = {
  common: [...REACH.common, DEFAULTS, BODIES, LIMITS],
  checks: [
    ...REACH.checks,
    MISSING_PRIVILEGES,
    DEFAULT_PRIVILEGES,
    MISSING_DEFAULTS,
    OPAQUE_BODIES,
    ROLE_LIMITS,
    SETTINGS,
    KNOWN_ROLES,
    SCHEMAS,
    OUTSIDERS,
  ],
};

/** The whole audit as one statement; or of it, only what lets the modules' login roles out. */
export function auditStatement({ project, modules, roles }: Expectation, only?: 'reach'): Sql {
  const { common, checks } = only === 'reach' ? REACH : ALL;
  return sql`with
    wanted as materialized (
      select * from unnest(${modules.map(({ module }) => module)}::text[],
        ${modules.map(({ login }) => login)}::text[],
        ${modules.map(({ owner }) => owner)}::text[]) as w (module, login, owner)),
    given as (select ${JSON.stringify(roles)}::jsonb as roles, ${project}::text as project),
    ${raw(common.join(','))}
    select distinct * from (${raw(checks.join('\nunion all\n'))}) as found
    ${raw(only === 'reach' ? 'where reach' : '')} order by rule, place, what`;
}
