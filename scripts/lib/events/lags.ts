import { behind, type FeedLag, feedLag } from '#platform/events/lag';
import type { ModuleLogins } from './module-logins.js';

/** How far each module is behind with each feed that it hears, whether or not the app runs. */
export async function readLags(logins: ModuleLogins): Promise<FeedLag[]> {
  const lags: FeedLag[] = [];
  for (const { module, feed } of logins.pairs()) {
    const publisher = (position: number) => behind(logins.query(feed), position);
    lags.push(await feedLag(module, feed, logins.query(module), publisher));
  }
  return lags;
}
