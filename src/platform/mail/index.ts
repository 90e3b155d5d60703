export { isRefusal, type Letter, Mailer, type MailerOptions } from './mailer.js';
