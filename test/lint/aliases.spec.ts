import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { Linter } from 'eslint';
import ts from 'typescript';
import { boundaryConfig } from '../../scripts/lib/lint/boundaries.js';
import { readProjectManifests, rootFolder } from '../../scripts/lib/project.js';

const [module] = readProjectManifests();
const good = `#modules/${module?.name}`;
const deep = [
  `${good}/internal`,
  `${good}/internal/prisma/client`,
  `${good}/index`,
  `${good}/index.js`,
  `${good}/module.json`,
  `#platform/../modules/${module?.name}/index`,
];

/** Whether tsc finds a file behind a specifier, as the project's own tsconfig has it. */
function resolvesInTsc(specifier: string): boolean {
  const { config } = ts.readConfigFile(`${rootFolder}/tsconfig.json`, (path) =>
    ts.sys.readFile(path),
  );
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, rootFolder);
  const from = `${rootFolder}/src/app.ts`;
  const { resolvedModule } = ts.resolveModuleName(
    specifier,
    from,
    options,
    ts.sys,
    undefined,
    undefined,
    ts.ModuleKind.ESNext,
  );
  return resolvedModule !== undefined;
}

/** Whether Node does; asked of a process of its own, since jest resolves by itself. */
async function resolvesInNode(specifier: string, ...conditions: string[]): Promise<boolean> {
  const script = `try { const { existsSync } = await import('node:fs');
    const url = new URL(import.meta.resolve(${JSON.stringify(specifier)}));
    console.log(existsSync(url)); } catch { console.log(false); }`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...conditions, '--input-type=module', '--eval', script],
    { cwd: rootFolder, env: { PATH: process.env.PATH } },
  );
  return stdout.trim() === 'true';
}

function passesESLint(specifier: string): boolean {
  const linter = new Linter({ cwd: rootFolder });
  const filename = `${rootFolder}/src/app.ts`;
  return linter.verify(`import '${specifier}';`, boundaryConfig(rootFolder), filename).length === 0;
}

const resolvesInJest = (specifier: string): Promise<boolean> =>
  import(specifier).then(
    () => true,
    () => false,
  );

describe('an alias', () => {
  it('of a face resolves in tsc, ESLint, jest and Node', async () => {
    expect(resolvesInTsc(good)).toBe(true);
    expect(passesESLint(good)).toBe(true);
    expect(await resolvesInJest(good)).toBe(true);
    expect(await resolvesInNode(good, '--conditions=bulkhead-source')).toBe(true);
  });

  it.each(deep)('%s resolves in none of them', async (specifier) => {
    expect(resolvesInTsc(specifier)).toBe(false);
    expect(passesESLint(specifier)).toBe(false);
    expect(await resolvesInJest(specifier)).toBe(false);
    expect(await resolvesInNode(specifier, '--conditions=bulkhead-source')).toBe(false);
    expect(await resolvesInNode(specifier)).toBe(false);
  });

  it('leads to faces, the platform and the configuration, and nowhere else', () => {
    const { imports } = JSON.parse(readFileSync(`${rootFolder}/package.json`, 'utf8')) as {
      imports: Record<string, Record<string, string>>;
    };
    const foreign = Object.entries(imports).filter(([alias, targets]) => {
      const folder = alias === '#modules/*' ? 'modules/\\*/index' : '(platform|config)\\b.*';
      const allowed = new RegExp(`^\\./(src|dist)/${folder}\\.(ts|js)$`);
      return !Object.values(targets).every((target) => allowed.test(target));
    });
    expect(foreign).toEqual([]);
  });
});
