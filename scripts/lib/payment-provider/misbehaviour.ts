import { z } from 'zod';

/** What may go wrong with one request: before it is carried out, or with the answer afterwards. */
const behaviour = z.enum([
  'ok',
  'decline',
  'error-before',
  'error-after',
  'timeout-before',
  'timeout-after',
]);
export type Behaviour = z.infer<typeof behaviour>;

/** The body of `POST /control`; what it does not name stays as it is. */
export const control = z.strictObject({
  /** For the next requests, in the order of their arrival. */
  next: z.array(behaviour).optional(),
  /** For the requests behind those: how likely each one is, 0 to 1. */
  chances: z.partialRecord(behaviour, z.number().min(0).max(1)).optional(),
  /** From which chances and delays are drawn. */
  seed: z.int().optional(),
  webhooks: z
    .strictObject({
      /** Where they go to; null for nowhere. */
      url: z.url().nullable(),
      /** How often each one is sent. */
      copies: z.int().min(0).max(10),
      /** Milliseconds that one waits at most; above 0, they come in any order. */
      delay: z.int().min(0).max(60_000),
      /** Whether they are kept back, to be sent in reverse when they no longer are. */
      hold: z.boolean(),
    })
    .partial()
    .optional(),
});
export type Control = z.infer<typeof control>;

/** Decides how each request goes; the same seed decides alike. */
export class Misbehaviour {
  private next: Behaviour[] = [];
  private chances: Control['chances'] = {};
  random = mulberry32(1);

  change({ next, chances, seed }: Control): void {
    this.next.push(...(next ?? []));
    this.chances = chances ?? this.chances;
    if (seed !== undefined) this.random = mulberry32(seed);
  }

  draw(): Behaviour {
    const planned = this.next.shift();
    if (planned) return planned;
    let rest = this.random();
    for (const [name, chance = 0] of Object.entries(this.chances ?? {})) {
      rest -= chance;
      if (rest < 0) return name as Behaviour;
    }
    return 'ok';
  }
}

/** Tommy Ettinger's Mulberry32: numbers from 0 up to 1, always the same ones for a seed. */
export function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
