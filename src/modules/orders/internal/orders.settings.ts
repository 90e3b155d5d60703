import { z } from 'zod';
import { defineSettings } from '#platform/settings';

/** How the module's mail goes out. */
export class OrdersSettings extends defineSettings({
  /** Such as smtps://user:password@mail.example.com; without it, mail goes into the folder. */
  smtpUrl: z
    .string()
    .regex(/^smtps?:\/\//, 'must be a URL such as smtp://user:password@host:587')
    .optional(),
  mailFolder: z.string().default('.data/mail'),
  mailFrom: z
    .email('must be a mail address such as shop@example.com')
    .default('shop@localhost.invalid'),
}) {}
