/** A module as the database should have it. */
export interface ExpectedModule {
  readonly module: string;
  /** The role that the module's code logs in as. */
  readonly login: string;
  /** The role that owns the schema; `null` where that is not known: whoever owns it. */
  readonly owner: string | null;
}

/** What a role should be like, beyond having no attribute but LOGIN. */
export interface ExpectedRole {
  readonly name: string;
  readonly connectionLimit: number;
  readonly settings: Readonly<Record<string, string>>;
}

/** What the catalog is compared with. No secret is in it. */
export interface Expectation {
  /** Stem of the roles, such as "shop". */
  readonly project: string;
  readonly modules: readonly ExpectedModule[];
  readonly roles: readonly ExpectedRole[];
}

/** One thing in the catalog that should not be there, or that is missing. */
export interface Finding {
  /** Stable id of the rule, in kebab case. */
  readonly rule: string;
  /** A note is worth knowing, and nothing to repair. */
  readonly level: 'finding' | 'note';
  readonly what: string;
  /** The object's identity, qualified and quoted where SQL asks for it. */
  readonly where: string;
  readonly why: string;
  /** The SQL, or the npm command, that makes the finding go away. */
  readonly repair: string;
  readonly modules: readonly string[];
  /** The record that says why it is there, such as that of a move under way; `null` for drift. */
  readonly explainedBy: string | null;
}

/** Something that was put there on purpose and written down: it explains a finding. */
export interface AuditRecord {
  readonly name: string;
  readonly rule: string;
  readonly where: string;
}
