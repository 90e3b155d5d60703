import { startOwnProvider } from '../../scripts/lib/payment-provider/own.js';

/** Holds the provider of a folder until it is killed, and says how it is reached. */
const folder = process.argv[2] as string;
const { environment } = await startOwnProvider({ folder, secret: 'one secret' });
process.stdout.write(`${JSON.stringify(environment)}\n`);
setInterval(() => {}, 60_000);
