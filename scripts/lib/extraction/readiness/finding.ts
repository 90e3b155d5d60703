/** Something that stands in the way of a move, or may. */
export interface Finding {
  readonly rule: string;
  /** A refusal must be mended first; a warning is for somebody to weigh. */
  readonly level: 'refusal' | 'warning';
  readonly fact: string;
  readonly remedy: string;
}
