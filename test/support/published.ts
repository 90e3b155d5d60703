import { asOwner } from '../platform/held-lock.js';

interface Published {
  readonly type: string;
  readonly subject: string;
  readonly data: unknown;
}

/** What a module has published, in order. */
export const publishedBy = (module: string) =>
  asOwner<Published>(module, 'select type, subject, data from feed order by position');
