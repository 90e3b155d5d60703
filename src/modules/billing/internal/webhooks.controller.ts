import { Body, Controller, Post, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Answers, KeepsRawBody } from '#platform/http';
import { payment } from './payment-provider.js';
import { Settlement } from './settlement.js';
import { SignatureGuard } from './signature.guard.js';

/** Fields that are not known are let pass: the provider may send more one day. */
const news = z.object({
  id: z.string().min(1).max(255),
  type: z.string().max(255),
  data: z.unknown().optional(),
});

const received = z.strictObject({ received: z.literal(true) });

/** Where the provider tells what became of a payment, such as one whose answer was lost. */
@ApiTags('billing')
@Controller('billing/webhooks')
export class WebhooksController {
  constructor(private readonly settlement: Settlement) {}

  @Post()
  @UseGuards(SignatureGuard)
  @KeepsRawBody()
  @Answers(200, received)
  async hear(@Body({ schema: news }) given: z.infer<typeof news>): Promise<{ received: true }> {
    const { id, type, data } = given;
    await this.settlement.hear({ id, type, payment: payment.safeParse(data).data });
    return { received: true };
  }
}
