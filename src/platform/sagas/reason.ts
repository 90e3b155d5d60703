/** What survives being kept as JSON: a step's answer is written down, and read by another process. */
export type Json =
  string | number | boolean | null | undefined | readonly Json[] | { readonly [key: string]: Json };

/** Why a saga is compensated: the refusal of a step, or somebody's wish. */
export type Reason = {
  /** Stable, `<module>.<situation>`. */
  readonly code: string;
  /** A sentence for people. */
  readonly title: string;
  readonly values?: Json;
};
