import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { sqlConfig, sqlRules } from '../../../scripts/lib/lint/plugin/sql-rules.js';
import { rootFolder } from '../../../scripts/lib/project.js';

/** Of the modules "loans" and "shelves". */
const tree = `${rootFolder}/test/fixtures/plugin`;

const eslint = new ESLint({
  cwd: tree,
  allowInlineConfig: false,
  overrideConfigFile: true,
  overrideConfig: [
    { files: ['**/*.ts'], languageOptions: { parser: tseslint.parser } },
    { plugins: { bulkhead: { rules: sqlRules } } },
    ...sqlConfig(tree),
  ],
});

const folder = `${rootFolder}/test/fixtures/sql`;

/** What the linter says of a fixture, were it a file of the module "loans". */
async function findings(file: string): Promise<string[]> {
  const filePath = `${tree}/src/modules/loans/internal/probe${extname(file)}`;
  const code = readFileSync(`${folder}/${file}`, 'utf8');
  const [result] = await eslint.lintText(code, { filePath });
  return (result?.messages ?? []).map(({ ruleId, message }) => `${ruleId}: ${message}`);
}

const ways = readdirSync(folder).map((file) => {
  const [first = ''] = readFileSync(`${folder}/${file}`, 'utf8').split('\n');
  return { file, expected: first.replace('// caught by ', '') };
});

describe('SQL in a module', () => {
  it('has ways around, and clean twins', () => {
    const clean = ways.filter(({ expected }) => expected === 'nothing');
    expect(clean.length).toBeGreaterThanOrEqual(5);
    expect(ways.length - clean.length).toBeGreaterThanOrEqual(150);
  });

  it.each(Object.keys(sqlRules))('is tried against each rule: %s', (rule) => {
    expect(ways.some(({ expected }) => expected.startsWith(`bulkhead/${rule}: `))).toBe(true);
  });

  it.each(ways)('$file is caught by $expected', async ({ file, expected }) => {
    const found = await findings(file);
    if (expected === 'nothing') return expect(found).toEqual([]);
    const [rule = '', part = ''] = expected.split(/: (.*)/);
    const caught = found.filter((finding) => finding.startsWith(`${rule}: `));
    expect(caught.join('\n')).toContain(part);
    expect(caught.join('\n')).toContain('See docs/resolving-violations.md#sql');
  });
});
