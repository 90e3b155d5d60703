import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManifestError, readManifests } from '#platform/manifest';
import { readProjectManifests, rootFolder } from '../../scripts/lib/project.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'manifests-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes module.json files, by folder, and reads them as a set. */
function read(manifests: Record<string, object | string>) {
  for (const [name, manifest] of Object.entries(manifests)) {
    const file = join(folder, name, 'module.json');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof manifest === 'string' ? manifest : JSON.stringify(manifest));
  }
  return readManifests(folder);
}

function faultsOf(manifests: Record<string, object | string>): readonly string[] {
  try {
    read(manifests);
  } catch (error) {
    if (error instanceof ManifestError) return error.faults;
    throw error;
  }
  return [];
}

const manifest = (name: string, calls: string[] = [], hears: string[] = []) => ({
  name,
  calls,
  hears,
});

describe('the manifests', () => {
  it('of this project are in order', () => {
    const folders = readdirSync(`${rootFolder}/src/modules`, { withFileTypes: true });
    const names = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    expect(readProjectManifests().map(({ name }) => name)).toEqual(names.sort());
  });

  it('are read sorted by name, and files beside the folders are left alone', () => {
    writeFileSync(join(folder, 'README.md'), '');
    const manifests = read({ bb: manifest('bb', ['aa']), aa: manifest('aa') });
    expect(manifests).toEqual([manifest('aa'), manifest('bb', ['aa'])]);
  });

  it('may hear each other', () => {
    expect(faultsOf({ aa: manifest('aa', [], ['bb']), bb: manifest('bb', [], ['aa']) })).toEqual(
      [],
    );
  });

  it('may hear whom they call, and be heard by whom they call', () => {
    const aa = manifest('aa', ['bb'], ['bb']);
    expect(faultsOf({ aa, bb: manifest('bb', [], ['aa']) })).toEqual([]);
  });
});

describe('the manifests are refused', () => {
  it.each([
    ['a folder without one', {}, 'is missing'],
    ['one that is no JSON', '{', 'JSON'],
    ['one that is no object', '[]', 'expected object'],
    ['a field too many', { ...manifest('aa'), owner: 'me' }, '"owner"'],
    ['a field too few', { name: 'aa', calls: [] }, 'hears'],
    ['a name unlike its folder', manifest('bb'), 'name is "bb", the folder is "aa"'],
    ['a name in capitals', manifest('Aa'), 'lower-case'],
    ['a name of two words', manifest('aa-bb'), 'lower-case'],
    ['a name that is a role of the owner', manifest('aa_owner'), 'lower-case'],
    ['a call to nobody', manifest('aa', ['bb']), 'calls "bb", but there is no module'],
    ['the hearing of nobody', manifest('aa', [], ['bb']), 'hears "bb", but there is no module'],
    ['a call to itself', manifest('aa', ['aa']), 'calls "aa" is the module itself'],
    ['the hearing of itself', manifest('aa', [], ['aa']), 'hears "aa" is the module itself'],
  ])('for %s', (_case, given, reason) => {
    if (reason === 'is missing') mkdirSync(join(folder, 'aa'));
    const faults = faultsOf(reason === 'is missing' ? {} : { aa: given });
    expect(faults).toEqual([expect.stringContaining('aa/module.json')]);
    expect(faults[0]).toContain(reason);
  });

  it.each(['platform', 'public', 'postgres', 'pgcrypto'])('for the reserved name %s', (name) => {
    expect(faultsOf({ [name]: manifest(name) })).toEqual([expect.stringContaining('reserved')]);
  });

  it('for a target that is named twice', () => {
    const faults = faultsOf({ aa: manifest('aa', ['bb', 'bb'], ['bb', 'bb']), bb: manifest('bb') });
    expect(faults).toEqual([
      'aa/module.json: calls "bb" twice',
      'aa/module.json: hears "bb" twice',
    ]);
  });

  it('for calls that form a cycle, which is spelled out', () => {
    const faults = faultsOf({
      aa: manifest('aa', ['bb']),
      bb: manifest('bb', ['cc']),
      cc: manifest('cc', ['bb']),
    });
    expect(faults).toEqual([expect.stringContaining('bb -> cc -> bb')]);
  });

  it('for each of several cycles', () => {
    const faults = faultsOf({
      aa: manifest('aa', ['bb']),
      bb: manifest('bb', ['aa']),
      cc: manifest('cc', ['dd']),
      dd: manifest('dd', ['cc']),
    });
    expect(faults).toEqual([
      expect.stringContaining('aa -> bb -> aa'),
      expect.stringContaining('cc -> dd -> cc'),
    ]);
  });

  it('without blaming those who call one that cannot be read', () => {
    expect(faultsOf({ aa: manifest('aa', ['bb']), bb: '{' })).toEqual([
      expect.stringContaining('bb/module.json'),
    ]);
  });

  it('with all of their faults at once', () => {
    const faults = faultsOf({
      aa: manifest('aa', ['aa', 'nobody']),
      bb: '{',
      cc: manifest('CC'),
      dd: manifest('dd', ['ee']),
      ee: manifest('ee', ['dd'], ['aa', 'aa']),
    });
    const expected = ['aa" is the module', 'nobody', 'bb/', 'cc/', 'dd -> ee -> dd', 'aa" twice'];
    for (const part of expected) expect(faults.join('\n')).toContain(part);
    expect(faults).toHaveLength(expected.length);
    expect(new ManifestError(faults).message).toContain(`${expected.length} fault(s)`);
  });
});
