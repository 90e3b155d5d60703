/** Something that a finding may be about, and that is nobody's mistake. */
export interface Allowed {
  /** The roles are those that are given something; a module's role never is one of them. */
  readonly kind: 'role' | 'schema' | 'extension' | 'event trigger' | 'publication' | 'creator';
  /** The whole name. */
  readonly name: RegExp;
  readonly reason: string;
}

const RDS = 'Amazon RDS and Aurora run the server with these';
const GOOGLE = 'Google Cloud SQL and AlloyDB run the server with these';
const AZURE = 'Azure Database for PostgreSQL runs the server with these';
const NEON = 'Neon runs the server with these';
const SUPABASE =
  'Supabase runs the server with these; not so "anon" and "authenticated", which anybody is';
const AIVEN = 'Aiven runs the server with these';

/**
 * What the audit does not report. Reviewed like code: add what your own server needs, each with its
 * reason, as narrowly as its name allows.
 */
export const ALLOWED: readonly Allowed[] = [
  {
    kind: 'creator',
    name: /.*/,
    reason:
      'From Postgres 16 on, the maker of a role is a member who may grant it and neither SET nor INHERIT it; the server itself grants that',
  },
  { kind: 'extension', name: /plpgsql/, reason: 'part of Postgres' },
  {
    kind: 'extension',
    name: /pg_stat_statements|pg_buffercache|pg_wait_sampling/,
    reason: "statistics; others' statements are shown to pg_read_all_stats only",
  },
  {
    kind: 'role',
    name: /rds_?(superuser|admin|replication|topmgr|repladmin|reserved)/,
    reason: RDS,
  },
  { kind: 'extension', name: /rds_tools|aurora_stat_utils/, reason: RDS },
  {
    kind: 'role',
    name: /(cloudsql|alloydb)(admin|superuser|agent|replica|logical|imp?exp?|connpooladmin)/,
    reason: GOOGLE,
  },
  { kind: 'schema', name: /google_vacuum_mgmt/, reason: GOOGLE },
  { kind: 'extension', name: /google_vacuum_mgmt|google_insights/, reason: GOOGLE },
  { kind: 'role', name: /azuresu|azure_pg_admin|azure_superuser/, reason: AZURE },
  { kind: 'extension', name: /azure|pgaadauth/, reason: AZURE },
  { kind: 'role', name: /neon_superuser|neon_service|cloud_admin/, reason: NEON },
  { kind: 'schema', name: /neon|neon_control_plane/, reason: NEON },
  { kind: 'extension', name: /neon|neon_utils/, reason: NEON },
  { kind: 'role', name: /supabase_(admin|\w+_admin)|pgbouncer/, reason: SUPABASE },
  {
    kind: 'schema',
    name: /auth|storage|realtime|_realtime|extensions|graphql|graphql_public|vault|pgbouncer|supabase_\w+/,
    reason: SUPABASE,
  },
  {
    kind: 'extension',
    name: /pg_graphql|supabase_vault|pgsodium|pgjwt|pg_net|pgcrypto|uuid-ossp/,
    reason: SUPABASE,
  },
  {
    kind: 'event trigger',
    name: /issue_pg_\w+_access|issue_graphql_placeholder|pgrst_\w+_watch/,
    reason: SUPABASE,
  },
  { kind: 'publication', name: /supabase_realtime\w*/, reason: SUPABASE },
  { kind: 'role', name: /avnadmin|_aiven/, reason: AIVEN },
  { kind: 'schema', name: /aiven_extras/, reason: AIVEN },
  { kind: 'extension', name: /aiven_extras|aiven_gatekeeper/, reason: AIVEN },
  { kind: 'event trigger', name: /aiven_\w+/, reason: AIVEN },
];

/** Whether the list has it. */
export const isAllowed = (kind: string | null, name: string | null) =>
  ALLOWED.some(
    (entry) => entry.kind === kind && new RegExp(`^(?:${entry.name.source})$`).test(name ?? ''),
  );
