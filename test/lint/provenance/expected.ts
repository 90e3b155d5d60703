/** A module, what its face hands out, the face, and the message that is expected. */
export type Case = [module: string, what: string, face: string, expected: Expected];
export type Expected = (module: string) => string;

export const CLIENT = './internal/prisma/client.js';

/** @param home where the file is, in the module's folder, unless its path is whole */
const refused =
  (home: string, fact: string, question: string) =>
  (name: string, file: string, through: string): Expected =>
  (module) => {
    const path = /^(src|node_modules)\//.test(file) ? file : `src/modules/${module}/${home}${file}`;
    return `"${module}" hands out \`${name}\` (${path}), ${fact}, through ${through}. ${question} See docs/resolving-violations.md#faces`;
  };

export const tables = refused(
  'internal/prisma/',
  'which is made from its tables',
  'What do others need of it, in a schema of the contract?',
);
export const database = refused(
  '',
  'which is access to a database',
  'What do others want to know or to have done?',
);
export const internal = refused(
  'internal/',
  'which is internal',
  'Should others call a contract, or hear an event?',
);
export const foreign = refused(
  '',
  'which belongs to "twin"',
  'Should those who need it declare "twin" themselves?',
);
