import type ts from 'typescript';
import type { Origin, Origins } from './origin.js';
import { isAnonymous, isNamespace, isSymbol, type Shown, Surface } from './surface.js';

/** Something that a face hands out and may not, and the way on which it gets out. */
export interface Leak {
  readonly origin: Origin;
  /** From the export's name on. */
  readonly hops: string[];
}

interface Step extends Shown {
  readonly from?: Step;
}

/** How often a recursive type may contain another instance of itself before it is left. */
const DEEPEST = 5;

/**
 * Follows what an export shows, until something that the module may not hand out. Breadth first,
 * so that the leak found is the one with the fewest steps.
 */
export function firstLeak(
  exported: ts.Symbol,
  checker: ts.TypeChecker,
  origins: Origins,
): Leak | undefined {
  const surface = new Surface(checker, origins);
  const steps: Step[] = [surface.ofExport(exported)];
  const seen = new Set<ts.Symbol | ts.Type>();
  // The list grows while it is read.
  for (const step of steps) {
    if (seen.has(step.to) || isTooDeep(step)) continue;
    const origin = originOf(step, surface, origins);
    if (origin) return { origin, hops: hopsTo(step) };
    if (step.queried) continue;
    seen.add(step.to);
    steps.push(...surface.from(step.to).map((shown) => ({ ...shown, from: step })));
  }
  return undefined;
}

function originOf({ to, from }: Step, surface: Surface, origins: Origins): Origin | undefined {
  const offered = from === undefined || (isSymbol(from.to) && isNamespace(from.to));
  return (isSymbol(to) ? [to] : [to.aliasSymbol, to.symbol])
    .map((symbol) => symbol && origins.of(surface.entity(symbol), offered))
    .find((origin) => origin !== undefined);
}

/** Whether a type is met inside itself time and again, each time with other arguments. */
function isTooDeep({ to, from }: Step): boolean {
  const definition = definitionOf(to);
  if (!definition) return false;
  let times = 0;
  for (let at = from; at; at = at.from) if (definitionOf(at.to) === definition) times += 1;
  return times >= DEEPEST;
}

/** Where a type is written down that may be another at each place; classes and interfaces are one. */
function definitionOf(to: ts.Symbol | ts.Type): ts.Symbol | undefined {
  if (isSymbol(to)) return undefined;
  const { symbol } = to as { symbol?: ts.Symbol };
  return to.aliasSymbol ?? (symbol && isAnonymous(symbol) ? symbol : undefined);
}

function hopsTo({ from, hop }: Step): string[] {
  return [...(from ? hopsTo(from) : []), ...(hop ? [hop()] : [])];
}
