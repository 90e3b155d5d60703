import type { Manifest } from '#platform/manifest';
import { CliError } from '../cli.js';

/** Which modules stay, and on whose account those that were not asked for. */
export interface Kept {
  readonly modules: readonly string[];
  /** A sentence for each module that came along. */
  readonly notes: readonly string[];
}

/**
 * Reads what to keep: "shop" (every module), "none", or modules separated by commas, to which
 * come those that they call or hear. Pure.
 *
 * @throws {CliError} naming every word that is no module
 */
export function keptModules(manifests: readonly Manifest[], wish: string): Kept {
  const known = manifests.map(({ name }) => name);
  if (wish === 'shop') return { modules: known, notes: [] };
  const asked = wish === 'none' ? [] : wish.split(',').filter(Boolean);
  const unknown = asked.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new CliError(
      `There is no module ${unknown.map((name) => `"${name}"`).join(', ')} to keep.`,
      `Say "shop", "none", or some of: ${known.join(', ')}`,
      2,
    );
  }
  const notes: string[] = [];
  const kept = [...new Set(asked)];
  for (const name of kept) {
    const needs = manifests.filter((manifest) => manifest.name === name);
    for (const needed of needs.flatMap(({ calls, hears }) => [...calls, ...hears])) {
      if (kept.includes(needed)) continue;
      kept.push(needed);
      notes.push(`"${needed}" stays too, since "${name}" needs it.`);
    }
  }
  return { modules: kept.sort(), notes };
}
