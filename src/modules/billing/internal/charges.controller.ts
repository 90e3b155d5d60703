import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Answers, id, type Page } from '#platform/http';
import {
  charge,
  chargePage,
  chargePaging,
  type ChargePaging,
  type ChargeView,
} from './charges.schemas.js';
import { ChargesService } from './charges.service.js';

@ApiTags('billing')
@Controller('charges')
export class ChargesController {
  constructor(private readonly charges: ChargesService) {}

  @Get(':id')
  @Answers(200, charge)
  get(@Param('id', { schema: id }) chargeId: string): Promise<ChargeView> {
    return this.charges.get(chargeId);
  }

  @Get()
  @Answers(200, chargePage)
  list(@Query({ schema: chargePaging }) paging: ChargePaging): Promise<Page<ChargeView>> {
    return this.charges.list(paging);
  }
}
