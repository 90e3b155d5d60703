import type { Manifest } from '../manifest.js';
import { type AnyEvent, type Feed, feedOf, moduleOf } from './event.js';
import { HearingError } from './hearing.error.js';
import { markedIn } from './hears.js';

interface Class {
  readonly name: string;
  readonly prototype: object;
}

/**
 * Holds what a module publishes and hears against its manifest.
 *
 * @throws {HearingError} with all that does not fit
 */
export function checkHearing(
  manifest: Manifest,
  publishes: Feed | undefined,
  classes: readonly Class[],
): void {
  const heard = classes.flatMap((type) =>
    markedIn(type.prototype).flatMap(({ method, events }) =>
      events.map((event) => ({ by: `${type.name}.${method}`, event })),
    ),
  );
  const faults = [
    ...foreignFeed(manifest, publishes),
    ...deafClasses(manifest, classes),
    ...undeclared(manifest, heard),
    ...heard.filter(({ event }) => !feedOf(event)).map((each) => unpublished(manifest, each)),
  ];
  if (faults.length > 0) throw new HearingError(faults);
}

const foreignFeed = ({ name }: Manifest, feed: Feed | undefined): string[] =>
  feed === undefined || feed.module === name
    ? []
    : [
        `The module "${name}" publishes the feed of "${feed.module}".\n` +
          `A feed is published by its own module: write defineFeed('${name}', […]) in src/modules/${name}/${name}.events.ts.`,
      ];

const deafClasses = ({ name }: Manifest, classes: readonly Class[]): string[] =>
  classes
    .filter((type) => markedIn(type.prototype).length === 0)
    .map(
      (type) =>
        `"${type.name}" of the module "${name}" is listed under hears, but hears nothing.\n` +
        'Mark the methods that hear an event with @Hears(…), or list it under providers.',
    );

function undeclared(
  { name, hears }: Manifest,
  heard: readonly { by: string; event: AnyEvent }[],
): string[] {
  const foreign = heard.filter(({ event }) => !hears.includes(moduleOf(event)));
  if (foreign.length === 0) return [];
  const wanted = [...hears, ...new Set(foreign.map(({ event }) => moduleOf(event)))];
  return [
    [
      ...foreign.map(
        ({ by, event }) =>
          `"${by}" of the module "${name}" hears "${event.type}", but src/modules/${name}/module.json ` +
          `does not declare that it hears "${moduleOf(event)}".`,
      ),
      'Should it know of that at all? Perhaps the code belongs on the other side.',
      `If it should, write in src/modules/${name}/module.json:\n\n  "hears": ${JSON.stringify(wanted)}`,
    ].join('\n'),
  ];
}

const unpublished = ({ name }: Manifest, { by, event }: { by: string; event: AnyEvent }) => {
  const publisher = moduleOf(event);
  return (
    `"${by}" of the module "${name}" hears "${event.type}", which no feed publishes.\n` +
    `List it in defineFeed('${publisher}', […]) in src/modules/${publisher}/${publisher}.events.ts, or hear an event that is listed there.`
  );
};
