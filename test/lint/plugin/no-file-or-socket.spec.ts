import { LINK, tryRule } from './rule-tester.js';

const outside = (source: string) =>
  `"loans" opens "${source}": files and sockets do not know whose they are, so they lead past every wall. Is it data of the module, then should it not lie in its tables? If it is the machine's, should the platform not offer it? ${LINK}`;

tryRule('no-file-or-socket', {
  passes: [
    `import { join } from 'node:path';`,
    `import type { Stats } from 'node:fs';`,
    `import { fs } from './fs.js';`,
    `await fetch('https://payments.example');`,
  ],
  refuses: [
    ...['fs', 'node:fs', 'fs/promises', 'node:net', 'tls', 'node:dgram', 'node:sqlite'].map(
      (name) => ({ code: `import { open } from '${name}';`, message: outside(name) }),
    ),
    { code: `await import('node:fs');`, message: outside('node:fs') },
    { code: `require('net'); // cjs`, message: outside('net') },
    { code: `export { readFile } from 'node:fs/promises';`, message: outside('node:fs/promises') },
  ],
});
