import { beforeAll, describe, expect, it } from '@jest/globals';
import { readManifests } from '#platform/manifest';
import { type Cruise, cruiseProject } from '../../scripts/lib/lint/dependencies.js';
import { isCurrentMap, moduleMap } from '../../scripts/lib/lint/module-map.js';
import { rootFolder } from '../../scripts/lib/project.js';
import { canariesIn, foundFindings, statedFindings } from './canary.js';

const root = `${rootFolder}/test/fixtures/dependencies`;
let cruise: Cruise;

beforeAll(async () => {
  cruise = await cruiseProject(root);
});

describe('the dependency lint', () => {
  const stated = statedFindings(root);

  it.each(Object.keys(stated))('finds what it must in %s', (file) => {
    expect(foundFindings(canariesIn(root), cruise.findings)[file]).toEqual(stated[file]);
  });

  it('looks at every file', () => {
    expect(cruise.files).toBeGreaterThanOrEqual(Object.keys(stated).length);
  });
});

describe('the map of the modules', () => {
  it('draws who calls and hears whom, by name', () => {
    const manifests = [
      { name: 'beta', calls: [], hears: [] },
      { name: 'alpha', calls: ['beta', 'gamma'], hears: ['delta'] },
    ];
    expect(moduleMap(manifests)).toContain(
      [
        '  alpha',
        '  alpha -->|calls| beta',
        '  alpha -->|calls| gamma',
        '  alpha -.->|hears| delta',
        '  beta',
      ].join('\n'),
    );
  });

  it('knows a page that is missing or out of date', () => {
    const manifests = readManifests(`${root}/src/modules`);
    expect(isCurrentMap(root, moduleMap(manifests))).toBe(false);
    expect(isCurrentMap(rootFolder, moduleMap(manifests))).toBe(false);
  });
});
