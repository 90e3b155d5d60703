import type { Origin, Reason } from './origin.js';

const MEANING: Record<Reason, (origin: Origin) => [fact: string, question: string]> = {
  tables: () => [
    'which is made from its tables',
    'What do others need of it, in a schema of the contract?',
  ],
  database: () => ['which is access to a database', 'What do others want to know or to have done?'],
  foreign: ({ owner = '' }) => [
    `which belongs to "${owner}"`,
    `Should those who need it declare "${owner}" themselves?`,
  ],
  internal: () => ['which is internal', 'Should others call a contract, or hear an event?'],
};

/**
 * @param through the way from the face to it, the exported name first
 * @returns fact, question and link, in one line
 */
export function messageOf(module: string, origin: Origin, through: readonly string[]): string {
  const [fact, question] = MEANING[origin.reason](origin);
  return (
    `"${module}" hands out \`${origin.name}\` (${origin.file}), ${fact}, through ${through.join(' → ')}. ` +
    `${question} See docs/resolving-violations.md#faces`
  );
}
