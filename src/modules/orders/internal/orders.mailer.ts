import { Injectable } from '@nestjs/common';
import { Mailer } from '#platform/mail';
import { OrdersSettings } from './orders.settings.js';

@Injectable()
export class OrdersMailer extends Mailer {
  constructor({ smtpUrl, mailFolder, mailFrom }: OrdersSettings) {
    super({ smtpUrl, folder: mailFolder, from: mailFrom });
  }
}
