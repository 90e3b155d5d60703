import { auditReach } from './audit/audit.js';
import type { Finding } from './audit/finding.js';
import type { Limit } from './limits.js';
import type { ModuleDatabase, PrismaLike } from './module-database.js';

/** A module's database, once it has answered. */
export interface Reachable {
  readonly module: string;
  readonly database: ModuleDatabase<PrismaLike>;
  readonly limit: Limit;
}

/** Of the same kind, more than these would only hide the others. */
const SHOWN = 5;

/**
 * What lets the modules' login roles out of their schemas: the audit's own rules, one statement per
 * database, asked as the role of one of the modules there.
 */
export async function reachFaults(modules: readonly Reachable[]): Promise<string[]> {
  const places = new Map<string, Reachable[]>();
  for (const each of modules) {
    const place = `${each.limit.server} ${each.limit.database}`;
    places.set(place, [...(places.get(place) ?? []), each]);
  }
  const findings = await Promise.all([...places.values()].map(findingsOf));
  return abridged(findings.flat());
}

function findingsOf(modules: readonly Reachable[]): Promise<Finding[]> {
  const [{ database }] = modules as [Reachable];
  return auditReach((statement) => database.readCatalog(statement), {
    project: '',
    modules: modules.map(({ module, limit }) => ({ module, login: limit.role, owner: null })),
    roles: [],
  });
}

function abridged(findings: readonly Finding[]): string[] {
  const kinds = new Map<string, Finding[]>();
  for (const finding of findings) {
    const kind = `${whose(finding)} ${finding.rule}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), finding]);
  }
  return [...kinds.values()].flatMap((alike) => {
    const rest = alike.length - SHOWN;
    const [first] = alike as [Finding];
    return [
      ...alike.slice(0, SHOWN).map(describe),
      ...(rest > 0 ? [`${whose(first)}: and ${rest} more of the kind "${first.rule}"`] : []),
    ];
  });
}

const whose = ({ modules }: Finding) => (modules.length > 0 ? modules.join(', ') : 'every module');

/** Not the finding's own repair: where the URL is the wrong one, the role is right as it is. */
const describe = (finding: Finding) =>
  `${whose(finding)}: ${finding.what}; if the URL names the module's own login role, ` +
  'npm run db:audit says what to take away';
