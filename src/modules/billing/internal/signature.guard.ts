import { createHmac, timingSafeEqual } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { rawBodyOf } from '#platform/http';
import { SignatureInvalid } from '../billing.errors.js';
import { BillingSettings } from './billing.settings.js';

/** Seconds that a signature holds, before and after: a recorded request is of no use later. */
const TOLERANCE = 300;

/** `t=<Unix seconds>,v1=<HMAC-SHA-256 of "<t>.<body>" in hex>`, as Stripe does it. */
const HEADER = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/;

/** Lets pass what the provider has signed. It comes before the body is validated. */
@Injectable()
export class SignatureGuard implements CanActivate {
  constructor(private readonly settings: BillingSettings) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const [, time = '', given = ''] =
      HEADER.exec(String(request.headers['provider-signature'])) ?? [];
    const age = Date.now() / 1000 - Number(time);
    const expected = createHmac('sha256', this.settings.webhookSecret)
      .update(`${time}.`)
      .update(rawBodyOf(request))
      .digest();
    const equal = given !== '' && timingSafeEqual(Buffer.from(given, 'hex'), expected);
    if (!equal || Math.abs(age) > TOLERANCE) throw new SignatureInvalid({});
    return true;
  }
}
