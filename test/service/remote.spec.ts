import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigError, parseAppConfig } from '#config';
import { faultsOfManifest, type Manifest } from '#platform/manifest';
import { moduleTable } from '#platform/page/module-table';
import { remoteRoutes } from '#platform/placement/public-routes';
import { lintBoundaries } from '../../scripts/lib/lint/boundary-lint.js';
import { moduleMap } from '../../scripts/lib/lint/module-map.js';
import { aloneEnvironment, NOWHERE } from '../../scripts/lib/placement-environment.js';

const boats: Manifest = {
  name: 'boats',
  calls: [],
  hears: [],
  remote: true,
  source: 'services/boats',
  routes: ['GET /boats/:id', 'ALL /buoys'],
};
const crew: Manifest = { name: 'crew', calls: ['boats'], hears: [] };
const DATABASE = { CREW_DATABASE_URL: 'postgres://crew:secret@host/db' };

describe('the manifest of a remote module', () => {
  it('says where its source is, and which routes are passed on', () => {
    expect(faultsOfManifest(boats)).toEqual([]);
    expect(remoteRoutes([boats, crew])).toEqual(
      new Map([
        [
          'boats',
          [
            { method: 'GET', url: '/boats/:id' },
            { method: 'ALL', url: '/buoys' },
          ],
        ],
      ]),
    );
  });

  it.each([
    [{ ...boats, remote: undefined }, 2, 'is only for a module that is "remote"'],
    [{ ...boats, routes: ['/boats'] }, 1, 'must be a method and a path, such as "GET /notes/:id"'],
    [{ ...boats, remote: false }, 1, 'expected true'],
  ])('is refused when it contradicts itself: %j', (manifest, count, fault) => {
    const faults = faultsOfManifest(JSON.parse(JSON.stringify(manifest)));
    expect(faults.filter((each) => each.includes(fault))).toHaveLength(count);
  });
});

describe('a process of a project with a remote module', () => {
  it('hosts all but that, and asks for its address and a key', () => {
    const faults = () => parseAppConfig([boats, crew], DATABASE);
    expect(faults).toThrow(ConfigError);
    expect(faults).toThrow(/BOATS_URL is not set[^]*CREW_PRIVATE_KEY is not set/);
    expect(faults).not.toThrow(/BOATS_DATABASE_URL/);
  });

  it('cannot be told to host it', () => {
    const told = { ...DATABASE, MODULES: 'boats,crew' };
    expect(() => parseAppConfig([boats, crew], told)).toThrow(
      'MODULES is "boats,crew"; it must name modules, separated by commas: crew',
    );
  });

  it('starts by itself on derived keys, with the other nowhere', () => {
    const project = { secret: 's'.repeat(32), modules: ['crew'] };
    const alone = aloneEnvironment(project, [boats, crew]);
    expect(Object.keys(alone).sort()).toEqual(['BOATS_URL', 'CREW_PRIVATE_KEY']);
    expect(parseAppConfig([boats, crew], { ...DATABASE, ...alone })).toMatchObject({
      modules: ['crew'],
      urls: { boats: NOWHERE },
    });
  });

  it('asks nothing more when nothing is remote', () => {
    const project = { secret: 's'.repeat(32), modules: ['boats', 'crew'] };
    const here: Manifest = { name: 'boats', calls: [], hears: [] };
    expect(aloneEnvironment(project, [here, crew])).toEqual({});
  });
});

describe('the map and the page', () => {
  it('show a remote module as elsewhere', () => {
    expect(moduleMap([boats, crew])).toContain('  boats([boats, elsewhere])\n  crew\n');
    const shown = { ...boats, up: 'remote', tables: [], lags: [] } as const;
    expect(moduleTable([shown]).text).toContain('<td class="remote">remote</td>');
  });
});

describe('the face of a remote module', () => {
  let root: string;
  const write = (files: Record<string, string>) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
  };

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'remote-'));
    write({
      'tsconfig.json': '{}',
      'package.json': '{ "type": "module" }',
      'src/modules/boats/module.json': JSON.stringify(boats),
      'src/modules/boats/index.ts': "export { boatsContract } from './boats.contract.js';\n",
      'src/modules/boats/boats.contract.ts': 'export const boatsContract = 1;\n',
      'src/modules/crew/module.json': JSON.stringify(crew),
      'src/modules/crew/index.ts': 'export {};\n',
      'src/modules/crew/internal/sailor.ts': 'export const sailor = 1;\n',
    });
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it('may be there', async () => {
    expect(await lintBoundaries(root)).toEqual({ files: 4, findings: [] });
  });

  it('is all that may be there', async () => {
    const back = ['src/modules/boats/internal/hull.ts', 'test/modules/boats/hull.spec.ts'];
    write(Object.fromEntries(back.map((path) => [path, 'export const hull = 1;\n'])));
    const { findings } = await lintBoundaries(root);
    expect(findings.map(({ file, rule, message }) => ({ file, rule, message }))).toEqual(
      back.map((file) => ({
        file,
        rule: 'no-restricted-syntax',
        message:
          'The module "boats" is in services/boats; here is only its face, as src/modules/boats/module.json says. ' +
          'Does the code belong there? See docs/resolving-violations.md#move-the-code',
      })),
    );
  });
});
