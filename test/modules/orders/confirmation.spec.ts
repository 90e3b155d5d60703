import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { asOwner } from '../../platform/held-lock.js';
import { OpenShop } from '../../support/shop.js';
import { SmtpServer } from '../../support/smtp-server.js';
import { waitFor } from '../../support/wait-for.js';

let shop: OpenShop;

/** Has an order confirmed, and gives its id. */
async function confirm(name = 'Ada', email?: string): Promise<string> {
  const customerId = await shop.customer(name, email);
  const [lamp, rope] = [await shop.product(), await shop.product({ amount: 250 })];
  const { id, status } = await shop.buy(customerId, [
    { sku: lamp, quantity: 2 },
    { sku: rope, quantity: 1 },
  ]);
  expect(status).toBe('confirmed');
  return id;
}

/** A mail as its reader sees it: with long headers in one line, and quoted-printable text decoded. */
function readable(mail: string | undefined): string | undefined {
  const bytes = mail
    ?.replaceAll(/\r?\n[ \t]+/g, ' ')
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return bytes && Buffer.from(bytes, 'latin1').toString();
}

/** Where the saga that sends an order's confirmation stands. */
async function sagaOf(orderId: string) {
  const [row] = await asOwner<{
    state: string;
    attempts: number;
    failure: string;
    parked: boolean;
  }>(
    'orders',
    'select state, attempts, failure, parked_at is not null as parked from saga where id = $1',
    [`${orderId}:confirmation`],
  );
  return row;
}

const messageId = (orderId: string) => `Message-ID: <order.${orderId}.confirmation@example.com>`;

describe('the confirmation, without a mail server', () => {
  beforeAll(async () => {
    shop = await OpenShop.open({ ORDERS_MAIL_FROM: 'shop@example.com' });
  });
  afterAll(() => shop.close());

  it('is put into a folder, to the name and address of the customer, with all that was bought', async () => {
    const id = await confirm('Ada Lovelace', 'ada@example.org');
    const mail = await waitFor(() => readable(shop.around.mail(id)));
    expect(mail).toContain('From: shop@example.com');
    expect(mail).toContain('To: Ada Lovelace <ada@example.org>');
    expect(mail).toContain(`Subject: Your order ${id} is confirmed`);
    expect(mail).toContain(messageId(id));
    expect(mail).toContain('Dear Ada Lovelace,');
    expect(mail).toMatch(/2 x The P\S+, €19\.99 each/);
    expect(mail).toContain('In all €42.48.');
  });

  it('is to one address, whatever the customer is called', async () => {
    const id = await confirm('"Eve" <eve@example.org>, Mallory', 'safe@example.org');
    const mail = await waitFor(() => readable(shop.around.mail(id)));
    const to = /^To: (.*)$/m.exec(mail)?.[1];
    expect(to).toBe('"\\"Eve\\" <eve@example.org>, Mallory" <safe@example.org>');
  });
});

describe('the confirmation, through a mail server', () => {
  let smtp: SmtpServer;
  beforeAll(async () => {
    smtp = await SmtpServer.start();
    shop = await OpenShop.open({
      ORDERS_SMTP_URL: smtp.url,
      ORDERS_MAIL_FROM: 'shop@example.com',
    });
  });
  afterAll(async () => {
    await shop.close();
    await smtp.close();
  });
  beforeEach(() => {
    smtp.messages.length = 0;
  });

  it('is sent once', async () => {
    const id = await confirm();
    await shop.rest();
    expect(smtp.messages).toHaveLength(1);
    expect(readable(smtp.messages[0])).toContain(messageId(id));
    expect(shop.around.mail(id)).toBeUndefined();
  });

  it('is sent again, under one Message-ID, when the server took it and did not say so', async () => {
    smtp.meet('hang-up');
    const id = await confirm();
    await shop.rest();
    expect(smtp.messages).toHaveLength(2);
    for (const message of smtp.messages) expect(readable(message)).toContain(messageId(id));
  });

  it('waits for a server that is away, and is sent once when it is back', async () => {
    await smtp.leave();
    const id = await confirm();
    const saga = await waitFor(async () => {
      const kept = await sagaOf(id);
      return kept && kept.attempts > 1 && kept;
    });
    expect(saga).toMatchObject({ state: 'running', parked: false });
    expect(saga.failure).toContain('module.unavailable');
    await smtp.comeBack();
    await shop.rest();
    expect(await sagaOf(id)).toMatchObject({ state: 'completed' });
    expect(smtp.messages).toHaveLength(1);
    expect(readable(smtp.messages[0])).toContain(messageId(id));
    expect((await shop.order(id)).status).toBe('confirmed');
  });

  it('that the server refuses for good is left to a person, and the order stays confirmed', async () => {
    smtp.meet(...Array<'refuse'>(8).fill('refuse'));
    const id = await confirm();
    const saga = await waitFor(async () => {
      const kept = await sagaOf(id);
      return kept?.parked && kept;
    }, 40_000);
    expect(saga.failure).toContain('550 No such box');
    expect((await shop.order(id)).status).toBe('confirmed');
    expect(smtp.messages).toEqual([]);
  });
});
