import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '#platform/manifest';
import { listed } from '../../cli.js';
import { publicRoutesOf } from '../../public-routes.js';
// only: shop
import { describeCosts, lastRehearsal, type Rehearsal } from '../../rehearsal.js';
// only: end

/** A file of another module that calls the module. */
export interface Caller {
  readonly module: string;
  /** Relative to the root. */
  readonly file: string;
  readonly procedures: readonly string[];
}

/** What becomes of the others while the module does not answer. */
export interface Impact {
  readonly module: string;
  /** Its public routes, such as `GET /notes/:id`; undefined while the app cannot be loaded. */
  readonly routes: readonly string[] | undefined;
  readonly callers: readonly Caller[];
  readonly heardBy: readonly string[];
  // only: shop
  readonly rehearsal?: Rehearsal | undefined;
  // only: end
}

/** Reads what a module's absence would mean from the code of this project. */
export async function impactOf(
  root: string,
  module: string,
  manifests: readonly Manifest[],
): Promise<Impact> {
  return {
    module,
    routes: await publicRoutes(module, manifests),
    callers: naming(manifests, 'calls', module).flatMap((caller) =>
      callersIn(root, caller, module),
    ),
    heardBy: naming(manifests, 'hears', module),
    // only: shop
    rehearsal: lastRehearsal(),
    // only: end
  };
}

/** The modules whose manifests name another one. */
export const naming = (
  manifests: readonly Manifest[],
  list: 'calls' | 'hears',
  module: string,
): string[] =>
  manifests.filter((manifest) => manifest[list].includes(module)).map(({ name }) => name);

async function publicRoutes(
  module: string,
  manifests: readonly Manifest[],
): Promise<string[] | undefined> {
  const manifest = manifests.find(({ name }) => name === module);
  if (manifest?.remote) return [...(manifest.routes ?? [])];
  const routes = await publicRoutesOf(module).catch(() => undefined);
  return routes?.map(({ method, url }) => `${method} ${url}`);
}

/** The files of a module in which a class has another one's contract injected, and what they call. */
export function callersIn(root: string, caller: string, module: string): Caller[] {
  const folder = `src/modules/${caller}`;
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.includes('prisma/'))
    .sort()
    .flatMap((path) => {
      const file = `${folder}/${path}`;
      const procedures = proceduresCalled(readFileSync(join(root, file), 'utf8'), module);
      return procedures.length > 0 ? [{ module: caller, file, procedures }] : [];
    });
}

const CLIENT = /@InjectContract\((\w+)\)[\s\w]*?(\w+):/g;

/** The procedures of a module that a file calls through the fields of its classes. */
function proceduresCalled(text: string, module: string): string[] {
  const [, imported = ''] =
    new RegExp(`import {([^}]*)} from '#modules/${module}'`).exec(text) ?? [];
  const contracts = imported.split(/\W+/);
  const clients = [...text.matchAll(CLIENT)].flatMap(([, contract = '', field = '']) =>
    contracts.includes(contract) ? [field] : [],
  );
  const calls = clients.flatMap((client) => [
    ...text.matchAll(new RegExp(`\\bthis\\.${client}\\s*\\.(\\w+)\\(`, 'g')),
  ]);
  return [...new Set(calls.map(([, procedure = '']) => procedure))];
}

/** An impact as text. */
export function describeImpact(impact: Impact): string {
  const { module, routes, callers, heardBy } = impact;
  const lines = [
    ...(routes?.map((route) => `${route} is answered 503, module.unavailable`) ?? [
      'its routes are not known, since the app cannot be loaded: npm start says why',
    ]),
    ...callers.map(
      ({ file, procedures }) =>
        `${file} ${meaningOf(file)}: it calls ${procedures.map((name) => `${module}.${name}`).join(', ')}`,
    ),
    ...heardBy.map((hearer) => `${hearer} falls behind, and catches up afterwards`),
  ];
  const cost: string[] = [];
  // only: shop
  cost.push(`What it costs apart: ${describeRehearsal(impact)}`);
  // only: end
  return [`When it does not answer:${listed(lines) || ' nothing fails'}`, ...cost, ''].join('\n');
}

/** A saga's step is repeated; whoever else calls is told. */
const meaningOf = (file: string) =>
  file.endsWith('.saga.ts') ? 'waits and is repeated' : 'fails, 503 module.unavailable';

// only: shop
function describeRehearsal({ module, rehearsal }: Impact): string {
  const how = `npm run rehearse -- ${module}`;
  if (!rehearsal) return `not measured here yet; ${how}`;
  const apart = rehearsal.apart.join(', ');
  if (!rehearsal.apart.includes(module)) {
    return `the last rehearsal had ${apart} apart, and not this one; ${how}`;
  }
  const table = describeCosts(rehearsal.costs).map((line) => `\n  ${line}`);
  return `as measured by the last rehearsal, with ${apart} apart${table.join('')}`;
}
// only: end
