import { acquireEmbedded } from '../../scripts/lib/embedded/index.js';

const { url } = await acquireEmbedded({ folder: process.argv[2] ?? '' });
process.stdout.write(`${url}\n`);
// A lease alone does not keep a process alive.
setInterval(() => {}, 60_000);
