/** What a module hears or publishes does not fit what is declared. */
export class HearingError extends Error {
  override readonly name = 'HearingError';

  /** @param faults each a fact and a remedy */
  constructor(readonly faults: readonly string[]) {
    super(`${faults.join('\n\n')}\n\nSee docs/resolving-violations.md#hear-an-event`);
  }
}
