import { describe, expect, it } from '@jest/globals';
import { Linter } from 'eslint';
import { sqlRules } from '../../../scripts/lib/lint/plugin/sql-rules.js';

const linter = new Linter();
const loans = { module: 'loans', others: ['shelves'] };

const lint = (code: string) =>
  linter.verify(code, {
    plugins: { bulkhead: { rules: sqlRules } },
    rules: {
      'bulkhead/no-unsafe-sql': 'error',
      'bulkhead/sql-kinds': ['error', loans],
      'bulkhead/sql-stays-home': ['error', loans],
    },
  });

const suggestionOf = (code: string) => lint(code)[0]?.suggestions?.[0]?.fix;

describe('the rules about SQL', () => {
  it('point at the name itself, in a fragment and after what is wider than a byte', () => {
    const code =
      "import { sql } from '#platform/database';\nsql`select 'é', 1\n  from shelves.stock`;";
    expect(lint(code)).toMatchObject([{ line: 3, column: 8 }]);
  });

  it('report a fragment once, where it is written', () => {
    const code =
      "import { sql } from '#platform/database';\nconst from = sql`from shelves.stock`;\nsql`select 1 ${from}`;";
    expect(lint(code)).toMatchObject([{ line: 2, column: 23 }]);
  });

  it('say who named what of whom, and what to ask oneself', () => {
    const [found] = lint('tx.$queryRaw`select sku from shelves.stock`;');
    expect(found?.message).toBe(
      '"loans" names "shelves.stock", and the schema "shelves" is the module shelves\'s. Should "loans" call its contract, hear its events, keep a read copy, or does the code belong there? See docs/resolving-violations.md#sql',
    );
  });

  it('offer a tagged template for a constant text', () => {
    const code = "tx.$queryRawUnsafe('select 1');";
    expect(suggestionOf(code)).toEqual({
      range: [code.indexOf('$'), code.indexOf(';')],
      text: '$queryRaw`select 1`',
    });
  });

  it('escape what means something else in a template', () => {
    expect(suggestionOf('tx.$executeRawUnsafe("select \'`${\\\\\'");')?.text).toBe(
      "$executeRaw`select '\\`\\${\\\\'`",
    );
  });

  it('offer nothing for a text that depends on a value', () => {
    expect(lint("tx.$queryRawUnsafe('select ' + id);")).toMatchObject([
      { ruleId: 'bulkhead/no-unsafe-sql' },
    ]);
    expect(suggestionOf("tx.$queryRawUnsafe('select ' + id);")).toBeUndefined();
  });
});
