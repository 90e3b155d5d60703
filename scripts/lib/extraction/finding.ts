import type { ServerMeans } from './preflight-facts.js';

/** Something that stands in the way of a move, or may. */
export interface Finding {
  readonly rule: string;
  /** A refusal must be mended first; a warning is for somebody to weigh. */
  readonly level: 'refusal' | 'warning';
  readonly fact: string;
  readonly remedy: string;
}

/** The other server, as far as it can be looked at before anything is made there. */
export interface TargetFacts extends ServerMeans {
  /** Bytes, where that can be seen from here. */
  readonly freeDisk: number | undefined;
  readonly sameServer: boolean;
  readonly sameDatabase: boolean;
  /** Tables that the module's schema has there already, though no move of ours has made them. */
  readonly strangers: number;
}
