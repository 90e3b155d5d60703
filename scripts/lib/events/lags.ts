import { behind, type FeedLag, feedLag } from '#platform/events/lag';
import type { ModuleLogins } from './module-logins.js';

/**
 * How far each module is behind with each feed that it hears, whether or not the app runs. Where a
 * feed ends that is published from elsewhere, only its own project can see.
 */
export async function readLags(logins: ModuleLogins): Promise<FeedLag[]> {
  const lags: FeedLag[] = [];
  const { modules } = logins.project;
  const pairs = logins.pairs().filter((pair) => modules.includes(pair.feed));
  for (const { module, feed } of pairs) {
    const publisher = (position: number) => behind(logins.query(feed), position);
    lags.push(await feedLag(module, feed, logins.query(module), publisher));
  }
  return lags;
}
