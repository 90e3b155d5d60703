import { describe, expect, it } from '@jest/globals';
import type { Manifest } from '#platform/manifest';
import { testsNaming } from '../../scripts/lib/service/remains.js';
import { serviceTree } from '../../scripts/lib/service/service-tree.js';

const boats: Manifest = { name: 'boats', calls: [], hears: [] };

describe('the project of a module', () => {
  it('is under the licence of the one that it came from', () => {
    const tree = new Map([
      ['package.json', JSON.stringify({ name: 'harbour', license: 'MIT' })],
      ['package-lock.json', '{ "packages": {} }'],
      ['LICENSE', 'Do what you like.'],
    ]);
    const service = serviceTree(tree, [boats], boats);
    expect(service.get('LICENSE')).toBe('Do what you like.');
    expect(JSON.parse(service.get('package.json') as string)).toMatchObject({ license: 'MIT' });
  });
});

describe('the project that stays', () => {
  it('has tests of every kind that name the module', () => {
    const tests = ['a.spec.ts', 'b.long.ts', 'c.browser.ts'].map((file) => `test/${file}`);
    const tree = new Map([...tests, 'test/help.ts'].map((path) => [path, "'boats'"]));
    expect(testsNaming(tree, 'boats')).toEqual(tests);
  });
});
