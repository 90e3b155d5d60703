import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChargeVoided } from '#modules/billing';
import { rootFolder } from '../../../scripts/lib/project.js';
import { asOwner } from '../../platform/held-lock.js';
import { TestPaymentProvider } from '../../support/payment-provider.js';
import { emptyTables, startTestApp, type TestApp } from '../../support/test-app.js';
import { testEnvironment } from '../../support/test-project.js';
import { waitFor } from '../../support/wait-for.js';
import { billingOf, charge, euros, statusOf } from './support.js';

const LIMIT_MS = 40_000;

/** Where the crash meets a charge and a refund, and what the provider has done by then. */
const POINTS = [
  { point: 'before the provider has done anything', how: 'timeout-before', acted: false },
  { point: 'when the provider has acted and not answered', how: 'timeout-after', acted: true },
  { point: 'between the answer and writing it down', how: 'ok', acted: true },
] as const;

let provider: TestPaymentProvider;
let app: TestApp;
let billing: ReturnType<typeof billingOf>;

const keysOf = (how: string) => ({ charging: `${how}:charge`, refunding: `${how}:refund` });

beforeAll(async () => {
  await emptyTables('billing');
  provider = await TestPaymentProvider.start();
  app = await startTestApp(provider.environment);
  billing = billingOf(app);
  for (const { how, acted } of POINTS) await crash(how, acted);
}, 4 * LIMIT_MS);
afterAll(async () => {
  await app.close();
  await provider.close();
});

/** Stops a charge and a refund at their point, and kills their process there. */
async function crash(how: (typeof POINTS)[number]['how'], acted: boolean): Promise<void> {
  const { charging, refunding } = keysOf(how);
  await billing.charge(charge(refunding));
  await provider.control({ chances: { [how]: 1 } });
  const child = spawn(process.execPath, COMMAND, {
    cwd: rootFolder,
    env: {
      PATH: process.env['PATH'],
      ...testEnvironment(),
      ...provider.environment,
      BILLING_PROVIDER_TIMEOUT: '60000',
      STOP_AT: how === 'ok' ? 'billing.before-outcome' : '',
      CHARGE: charging,
      REFUND: refunding,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const ended = once(child, 'exit');
  const reached = async (key: string, ours: string, theirs: string) =>
    (await statusOf(key)) === ours && (!acted || (await provider.payment(key))?.status === theirs);
  await waitFor(() => reached(charging, 'pending', 'succeeded'), LIMIT_MS);
  await waitFor(() => reached(refunding, 'refunding', 'refunded'), LIMIT_MS);
  child.kill('SIGKILL');
  expect(await ended).toEqual([null, 'SIGKILL']);
  await provider.control({ chances: {} });
}

const COMMAND = [
  '--conditions=bulkhead-source',
  `--import=${rootFolder}/scripts/lib/typescript.mjs`,
  `${rootFolder}/test/modules/billing/crash.process.ts`,
];

/** What was published of a key's charge. */
async function publishedOf(key: string): Promise<string[]> {
  const rows = await asOwner<{ type: string }>(
    'billing',
    `select type from feed join charges on data->>'chargeId' = charges.id::text
     where key = $1 order by position`,
    [key],
  );
  return rows.map(({ type }) => type);
}

async function expectAgreement(key: string, ours: string, theirs: string): Promise<void> {
  expect(await statusOf(key)).toBe(ours);
  expect(await provider.payment(key)).toMatchObject({ status: theirs, ...euros(1999) });
}

describe.each(POINTS)('a process that is killed $point', ({ how }) => {
  const { charging, refunding } = keysOf(how);

  it('leaves a charge that the same call ends, once', async () => {
    expect(await statusOf(charging)).toBe('pending');
    await billing.charge(charge(charging));
    await expectAgreement(charging, 'charged', 'succeeded');
    expect(await publishedOf(charging)).toEqual(['billing.payment-charged.v1']);
  });

  it('leaves a refund that the same call ends, once', async () => {
    expect(await statusOf(refunding)).toBe('refunding');
    await expect(billing.charge(charge(refunding))).rejects.toMatchObject({
      code: ChargeVoided.code,
    });
    expect(await billing.refund({ key: refunding })).toEqual({ refunded: euros(1999) });
    await expectAgreement(refunding, 'refunded', 'refunded');
    expect(await publishedOf(refunding)).toEqual([
      'billing.payment-charged.v1',
      'billing.payment-refunded.v1',
    ]);
  });
});

it('leaves books that agree with ours', async () => {
  const [ours] = await asOwner<{ sum: number }>(
    'billing',
    "select sum(amount)::int as sum from charges where status = 'charged'",
  );
  expect(ours?.sum).toBe(POINTS.length * 1999);
  expect((await provider.books()).balance).toEqual({ EUR: ours?.sum });
});
