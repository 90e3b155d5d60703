import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import nodemailer from 'nodemailer';
import type Mail from 'nodemailer/lib/mailer/index.js';
import { faultPoint } from '../fault.js';

/** A mail as its author knows it. */
export type Letter = Pick<Mail.Options, 'to' | 'subject' | 'text'>;

export interface MailerOptions {
  /** Such as smtps://user:password@mail.example.com; without it, mail goes into the folder. */
  readonly smtpUrl?: string | undefined;
  readonly folder: string;
  readonly from: string;
}

type Deliver = (mail: Mail.Options, id: string) => Promise<unknown>;

/** Milliseconds that the server may take to be reached, and to answer. */
const TIMEOUT = 10_000;

/** Whether a server refused a mail for good: the same mail would be refused again (RFC 5321, 4.2.1). */
export const isRefusal = (error: unknown): boolean =>
  Number((error as { responseCode?: number }).responseCode) >= 500;

/** Hands mail to an SMTP server, or without one puts it as .eml files into a folder. */
export class Mailer {
  private readonly deliver: Deliver;

  constructor(private readonly options: MailerOptions) {
    const { smtpUrl, folder } = options;
    this.deliver = smtpUrl === undefined ? intoFolder(folder) : toServer(smtpUrl);
  }

  /**
   * Sends a letter, perhaps for the second time.
   *
   * @param id of the letter, of characters that a file name may have: it makes the Message-ID, by
   *   which a mail that was sent twice is known to be the same
   * @throws when it could not be handed over; whether it was sent is then not known
   */
  async send(id: string, letter: Letter): Promise<void> {
    const { from } = this.options;
    const messageId = `<${id}@${from.split('@').at(-1)}>`;
    await faultPoint('mail.before-delivery');
    await this.deliver({ ...letter, from, messageId }, id);
    await faultPoint('mail.after-delivery');
  }
}

function toServer(url: string): Deliver {
  const server = nodemailer.createTransport({
    url,
    connectionTimeout: TIMEOUT,
    greetingTimeout: TIMEOUT,
    socketTimeout: TIMEOUT,
  } as Mail.Options);
  return (mail) => server.sendMail(mail);
}

function intoFolder(folder: string): Deliver {
  const composer = nodemailer.createTransport({ streamTransport: true, buffer: true });
  return async (mail, id) => {
    const { message } = await composer.sendMail(mail);
    await mkdir(folder, { recursive: true });
    // Under its final name there is only a whole one, whenever this process is killed.
    const part = join(folder, `.${id}.${process.pid}.part`);
    await writeFile(part, message as Buffer);
    await faultPoint('mail.half-delivered');
    await rename(part, join(folder, `${id}.eml`));
  };
}
