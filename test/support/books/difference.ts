/**
 * Compares two lists, in any order, the number of equal entries included.
 *
 * @returns a finding for each entry that is in one of them alone
 */
export function difference(
  what: string,
  expected: readonly unknown[],
  found: readonly unknown[],
): string[] {
  const counts = new Map<string, number>();
  const count = (entry: unknown, by: number) => {
    const text = typeof entry === 'string' ? entry : JSON.stringify(entry);
    counts.set(text, (counts.get(text) ?? 0) + by);
  };
  expected.forEach((entry) => count(entry, -1));
  found.forEach((entry) => count(entry, 1));
  return [...counts]
    .filter(([, surplus]) => surplus !== 0)
    .map(([entry, surplus]) =>
      surplus < 0
        ? `${what}: ${-surplus} missing: ${entry}`
        : `${what}: ${surplus} too many: ${entry}`,
    );
}

/** Sums by a name. */
export function sums(entries: Iterable<readonly [string, number]>): Map<string, number> {
  const all = new Map<string, number>();
  for (const [name, amount] of entries) all.set(name, (all.get(name) ?? 0) + amount);
  return all;
}
