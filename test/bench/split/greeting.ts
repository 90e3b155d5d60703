import { z } from 'zod';
import { type AppConfig, parseAppConfig } from '#config';
import { defineContract, type Implementation, query } from '#platform/contracts';
import type { Environment } from '#config';
import { Placement } from '#platform/placement/placement';

/** A call that does nothing, so that the call itself is what takes the time. */
export const greetingContract = defineContract('host', {
  greet: query({
    input: z.strictObject({ name: z.string(), at: z.date() }),
    output: z.strictObject({ greeting: z.string(), at: z.date(), tags: z.array(z.string()) }),
  }),
});

export const greeter: Implementation<typeof greetingContract> = {
  greet: ({ name, at }) => Promise.resolve({ greeting: `Hello, ${name}.`, at, tags: ['polite'] }),
};

const MANIFESTS = [
  { name: 'guest', calls: ['host'], hears: [] },
  { name: 'host', calls: [], hears: [] },
];

/** The placement of one of the two, of what its process is told. */
export function placed(environment: Environment): { config: AppConfig; placement: Placement } {
  const config = parseAppConfig(MANIFESTS, {
    HOST_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    GUEST_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    ...environment,
  });
  return { config, placement: new Placement(config, MANIFESTS) };
}
