/** What may be wrong with a migration, and what to do instead. Errors refuse it; warnings can be reviewed. */
export const RULES = {
  unparsable: ['error', 'Does psql take it? Correct the statement'],
  'own-schema': [
    'error',
    "Does it belong in the other module? Leave the schema out: search_path is the module's",
  ],
  rights: [
    'error',
    'Rights, roles and owners come from provisioning and the manifests: what is to be allowed?',
  ],
  'security-definer': [
    'error',
    'It would run with the rights of the owner. Can the caller do it itself?',
  ],
  setting: [
    'error',
    'Settings belong to the role, and to provisioning. Which setting does it need, and why?',
  ],
  'server-object': [
    'error',
    'It belongs to the whole database, and is not moved with the module. Is it for provisioning?',
  ],
  copy: [
    'error',
    'It reads or writes past the tables. Can a script load the rows, or INSERT … VALUES?',
  ],
  unreadable: ['error', 'Nobody can say what it reaches. Can the statements be written down?'],
  'concurrently-alone': [
    'error',
    'CONCURRENTLY runs in no transaction, and a script is one: put it alone in a migration',
  ],
  'typed-sql': ['error', 'Write it as sql`…` in the module, where it is read'],

  'drop-table': [
    'warning',
    'The running version still reads it: stop using it, release, and drop it in a later release',
  ],
  'drop-column': [
    'warning',
    'The running version still reads it: stop using it, release, and drop it in a later release',
  ],
  rename: [
    'warning',
    'The running version knows the old name only: add the new one, write both, and drop the old one later',
  ],
  'required-column': [
    'warning',
    'It fails if there are rows, and the running version does not fill it: add it nullable, or with a constant DEFAULT',
  ],
  'set-not-null': [
    'warning',
    'It reads the whole table under a lock: add CHECK (… IS NOT NULL) NOT VALID, VALIDATE it in the next migration, then SET NOT NULL',
  ],
  'type-change': [
    'warning',
    'It rewrites the table under a lock: add a new column, fill it in batches, and drop the old one later',
  ],
  'volatile-default': [
    'warning',
    'It rewrites the table under a lock: add the column without it, set the DEFAULT for new rows, fill old ones in batches',
  ],
  index: [
    'warning',
    'It stops all writes while it is built: CREATE INDEX CONCURRENTLY, alone in a migration',
  ],
  constraint: [
    'warning',
    'It reads the whole table under a lock: add it NOT VALID, and VALIDATE CONSTRAINT in the next migration',
  ],
  'unique-constraint': [
    'warning',
    'It builds an index under a lock: CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT … USING INDEX in the next migration',
  ],
  lock: [
    'warning',
    'Nobody can use the table meanwhile: is there a form with CONCURRENTLY, or a quiet hour?',
  ],
  'rows-at-once': [
    'warning',
    'It locks all these rows until the end: fill them in batches, by a script under the URL of the owner',
  ],
  'no-primary-key': [
    'warning',
    'Its rows cannot be told apart, so the module could not be moved to another database: add a PRIMARY KEY',
  ],
  unlogged: [
    'warning',
    'Its rows are not replicated, so the module could not be moved to another database: leave UNLOGGED out',
  ],
  'idle-review': [
    'warning',
    'Does the comment name a rule, and give a reason: -- reviewed: <rule>: <reason>?',
  ],
} as const satisfies Record<string, readonly ['error' | 'warning', string]>;

export type RuleId = keyof typeof RULES;

/** Something that one statement does, by the rule about it. */
export interface Finding {
  readonly rule: RuleId;
  /** Index in the migration's text. */
  readonly at: number;
  /** What is so, in a clause. */
  readonly fact: string;
}
