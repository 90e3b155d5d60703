import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';

/**
 * Creates a private file (0600) unless it exists. Of several processes that try at the same time
 * one wins, and none ever sees a half-written file.
 *
 * @param file absolute path in an existing folder
 * @param text what to write if this call is the first
 * @returns what the file holds, whoever wrote it
 * @throws the file system's error
 */
export function createOnce(file: string, text: string): string {
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, text, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
  return readFileSync(file, 'utf8');
}
