import { acquireEmbedded, startScratchServer } from '../../scripts/lib/embedded/index.js';

const folder = process.argv[2];
const { url } = await (folder ? acquireEmbedded({ folder }) : startScratchServer());
process.stdout.write(`${url}\n`);
// A lease alone does not keep a process alive.
setInterval(() => {}, 60_000);
