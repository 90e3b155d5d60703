// only: billing
import { parseEnvironment, processEnvironment, sharedSecret } from '#config';
import { CliError, command, run } from './lib/cli.js';
import { servePayments } from './lib/payment-provider/serve.js';
import { dataFolder } from './lib/project.js';

interface Options {
  readonly port: number;
  readonly books: string;
  readonly webhooks?: string;
  readonly standby?: boolean;
}

// Whoever started this process has ended, in whatever way, or had done so before this line.
process.on('disconnect', () => process.exit());
if (process.connected === false) process.exit();

await run(
  command(
    'payment-provider',
    'Simulates a payment provider, with BILLING_PROVIDER_KEY and BILLING_WEBHOOK_SECRET of the environment.',
  )
    .option('--port <number>', 'where it listens, on loopback; 0 for any', portOf, 4010)
    .option('--books <file>', 'what it has taken', `${dataFolder}/payments/books.jsonl`)
    .option('--webhooks <url>', "the app's /billing/webhooks")
    .option('--standby', 'wait for as long as another one has the port')
    .action(async ({ port, books, webhooks, standby = false }: Options) => {
      const { BILLING_PROVIDER_KEY: key, BILLING_WEBHOOK_SECRET: webhookSecret } = parseEnvironment(
        { BILLING_PROVIDER_KEY: sharedSecret, BILLING_WEBHOOK_SECRET: sharedSecret },
        processEnvironment(),
      );
      const taken = await servePayments({ port, books, webhooks, standby, key, webhookSecret });
      process.stdout.write(`The simulated payment provider is on http://127.0.0.1:${taken}\n`);
    }),
);

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port < 65_536) return port;
  throw new CliError(`"${text}" is no port.`, 'Give a number from 0 to 65535.', 2);
}
// only: end
