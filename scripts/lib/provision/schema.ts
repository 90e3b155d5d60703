import { alignAccess, type Grant } from './acl.js';
import type { DatabaseFacts, DefaultAcl, Ungranted } from './database-facts.js';
import type { ServerFacts } from './server-facts.js';
import { name, type Statement } from './statement.js';
import type { ModuleRoles } from './target.js';

/** What the login role may do with what the owner role makes. */
const PRIVILEGES = {
  TABLES: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  SEQUENCES: ['USAGE', 'SELECT'],
  FUNCTIONS: ['EXECUTE'],
  TYPES: ['USAGE'],
} as const;

const GRANTS = {
  TABLE: PRIVILEGES.TABLES,
  SEQUENCE: PRIVILEGES.SEQUENCES,
  ROUTINE: PRIVILEGES.FUNCTIONS,
  TYPE: PRIVILEGES.TYPES,
} as const;

const toPublic = (privilege: string): Grant[] => [{ grantee: null, privilege, grantable: false }];

/** What Postgres gives PUBLIC on every new object, until the owner's defaults say otherwise. */
const BUILT_IN = {
  TABLES: [],
  SEQUENCES: [],
  FUNCTIONS: toPublic('EXECUTE'),
  TYPES: toPublic('USAGE'),
};

/** The statements for one module's schema, and for what is and will be in it. */
export function alignSchema(
  roles: ModuleRoles,
  server: ServerFacts,
  database: DatabaseFacts,
  projectRoles: ReadonlySet<string>,
): Statement[] {
  const schema = database.schemas.find((found) => found.name === roles.module);
  // Another database has it, and is provisioned by itself.
  if (schema === undefined && database.moved.includes(roles.module)) return [];
  const creation = schema === undefined ? [createSchema(roles)] : [];
  const asOwner = [
    ...alignAccess({
      object: `SCHEMA ${name(roles.module)}`,
      found: schema?.acl ?? ownersOwn(roles.owner),
      wanted: new Map([
        [roles.owner, ['USAGE', 'CREATE']],
        [roles.login, ['USAGE']],
      ]),
      strict: projectRoles,
    }),
    ...alignDefaults(roles, database, projectRoles),
    ...grantExisting(roles, database.ungranted),
  ];
  return asRole(roles.owner, server, creation, asOwner);
}

const createSchema = ({ module, owner }: ModuleRoles): Statement => ({
  sql: `CREATE SCHEMA ${name(module)} AUTHORIZATION ${name(owner)}`,
  reason: "make the module's schema",
});

const ownersOwn = (owner: string): Grant[] =>
  ['USAGE', 'CREATE'].map((privilege) => ({ grantee: owner, privilege, grantable: false }));

function alignDefaults(
  { module, login, owner }: ModuleRoles,
  { defaults }: DatabaseFacts,
  projectRoles: ReadonlySet<string>,
): Statement[] {
  const found = (schema: string | null, objects: DefaultAcl['objects']) =>
    defaults.find((acl) => acl.owner === owner && acl.schema === schema && acl.objects === objects)
      ?.acl;
  // What the owner has on its own objects is listed too.
  const strict = new Set([...projectRoles].filter((role) => role !== owner));
  const prefix = `ALTER DEFAULT PRIVILEGES FOR ROLE ${name(owner)} `;
  return (['TABLES', 'SEQUENCES', 'FUNCTIONS', 'TYPES'] as const).flatMap((objects) => [
    // Within a schema, defaults only add to the built-in ones: PUBLIC's go for all schemas at once.
    ...alignAccess({
      prefix,
      object: objects,
      found: found(null, objects) ?? BUILT_IN[objects],
      wanted: new Map(),
      strict,
    }),
    ...alignAccess({
      prefix: `${prefix}IN SCHEMA ${name(module)} `,
      object: objects,
      found: found(module, objects) ?? [],
      wanted: new Map([[login, PRIVILEGES[objects]]]),
      strict,
    }),
  ]);
}

function grantExisting(
  { module, login }: ModuleRoles,
  ungranted: readonly Ungranted[],
): Statement[] {
  return (['TABLE', 'SEQUENCE', 'ROUTINE', 'TYPE'] as const).flatMap((kind) => {
    const objects = ungranted.filter((found) => found.module === module && found.kind === kind);
    if (objects.length === 0) return [];
    const list = objects.map(({ object }) => object).join(', ');
    return {
      sql: `GRANT ${GRANTS[kind].join(', ')} ON ${kind} ${list} TO ${name(login)}`,
      reason: 'grant what the role lacks on what is already there',
    };
  });
}

/** Lets the admin act as the role for the time of the statements, and leaves no membership behind. */
function asRole(
  role: string,
  { admin, version, roles }: ServerFacts,
  asAdmin: Statement[],
  asOwner: Statement[],
): Statement[] {
  if (asAdmin.length + asOwner.length === 0) return [];
  const acting =
    asOwner.length === 0
      ? asAdmin
      : [
          ...asAdmin,
          { sql: `SET LOCAL ROLE ${name(role)}`, reason: 'only the owner may do the following' },
          ...asOwner,
          { sql: 'RESET ROLE', reason: 'be the admin again' },
        ];
  if (admin.superuser || roles.get(role)?.assumable === true) return acting;
  // From 16 on the maker of a role may grant it, itself included, but is no member who may SET it.
  const membership = version < 16 ? '' : ' WITH INHERIT FALSE, SET TRUE';
  return [
    {
      sql: `GRANT ${name(role)} TO CURRENT_USER${membership}`,
      reason: 'let the admin act as the owner, until the end of this transaction',
    },
    ...acting,
    {
      sql: `REVOKE ${name(role)} FROM CURRENT_USER GRANTED BY CURRENT_USER`,
      reason: 'leave no membership behind',
    },
  ];
}
