import { describe, expect, it } from '@jest/globals';
import { statementName } from '#platform/database/statement-name';

describe('the name of a prepared statement', () => {
  it('is the same for the same text, another for another, and short', () => {
    const name = statementName('select 1');
    expect(statementName('select 1')).toBe(name);
    expect(statementName('select 2')).not.toBe(name);
    // Postgres cuts names off at 63 bytes, without a word.
    expect(name).toMatch(/^\w{1,63}$/);
  });

  it('runs out, so that texts made up at run time do not fill the server', () => {
    const early = statementName('select 1');
    const names = new Set(
      Array.from({ length: 5_000 }, (_, index) => statementName(`select ${index} as made_up`)),
    );
    expect(names.size).toBeLessThanOrEqual(1_001);
    expect(names).toContain('');
    expect(statementName('select 1')).toBe(early);
  });
});
