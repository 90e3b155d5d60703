import { expect } from '@jest/globals';
import type { TestApp } from '../support/test-app.js';

/**
 * Reads a list from its first page to its last, following `next`.
 *
 * @param path with its query, but without `after`
 * @returns the items of each page
 */
export async function readPages<Item>(app: TestApp, path: string): Promise<Item[][]> {
  const pages: Item[][] = [];
  for (let next: string | null = ''; next !== null;) {
    const after = next === '' ? '' : `&after=${encodeURIComponent(next)}`;
    const answer = await app.send('GET', `${path}${after}`);
    expect(answer.status).toBe(200);
    pages.push(answer.body.items);
    next = answer.body.next;
    if (pages.length > 100) throw new Error(`${path} does not come to an end`);
  }
  return pages;
}
