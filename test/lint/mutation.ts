/** One change of a configuration: where, and the whole with that place taken out or turned over. */
export interface Mutation<T> {
  /** As in `rules.boundaries/dependencies.1.policies.2`. */
  readonly place: string;
  readonly mutant: T;
}

/** Values that are turned over; everything else is taken out. */
const OPPOSITES = new Map<unknown, unknown>([
  [true, false],
  [false, true],
  ['disallow', 'allow'],
]);

/**
 * Every way to change one thing of plain data: each key of each object and each element of each
 * array, at any depth, is taken out or turned over.
 *
 * @param skip the keys that are left as they are, with all beneath them
 */
export function mutationsOf<T>(value: T, skip: (key: string) => boolean): Mutation<T>[] {
  return placesOf(value, [], skip).map((path) => ({
    place: path.join('.'),
    mutant: mutate(value, path) as T,
  }));
}

const isBranch = (value: unknown): value is object => typeof value === 'object' && value !== null;

function placesOf(
  value: unknown,
  path: readonly string[],
  skip: (key: string) => boolean,
): string[][] {
  if (!isBranch(value)) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const place = [...path, key];
    return skip(key) ? [] : [place, ...placesOf(child, place, skip)];
  });
}

function mutate(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (!isBranch(value) || key === undefined) return value;
  const child = (value as Record<string, unknown>)[key];
  const changed = OPPOSITES.get(child) ?? mutate(child, rest);
  const gone = rest.length === 0 && !OPPOSITES.has(child);
  if (Array.isArray(value)) {
    const index = Number(key);
    return gone ? value.toSpliced(index, 1) : value.with(index, changed);
  }
  const others = Object.entries(value).filter(([name]) => name !== key);
  return Object.fromEntries(gone ? others : [...others, [key, changed]]);
}
