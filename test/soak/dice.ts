import { mulberry32 } from '../../scripts/lib/payment-provider/misbehaviour.js';

/** Decisions that are the same for the same seed. */
export class Dice {
  private readonly random: () => number;

  constructor(seed: number) {
    this.random = mulberry32(seed);
  }

  /** Whether something happens that does so with this likelihood. */
  chance = (likelihood: number): boolean => this.random() < likelihood;

  /** A whole number below. */
  below = (bound: number): number => Math.floor(this.random() * bound);

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }
}
