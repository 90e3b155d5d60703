import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Answers, id, type Page } from '#platform/http';
import {
  type Correction,
  correction,
  customer,
  customerPage,
  customerPaging,
  type CustomerPaging,
  type CustomerView,
  type Registration,
  registration,
} from './customers.schemas.js';
import { CustomersService } from './customers.service.js';

@ApiTags('customers')
@Controller('customers')
export class CustomersController {
  constructor(private readonly customers: CustomersService) {}

  @Post()
  @Answers(201, customer)
  register(@Body({ schema: registration }) given: Registration): Promise<CustomerView> {
    return this.customers.register(given);
  }

  @Get(':id')
  @Answers(200, customer)
  get(@Param('id', { schema: id }) customerId: string): Promise<CustomerView> {
    return this.customers.get(customerId);
  }

  @Patch(':id')
  @Answers(200, customer)
  correct(
    @Param('id', { schema: id }) customerId: string,
    @Body({ schema: correction }) given: Correction,
  ): Promise<CustomerView> {
    return this.customers.correct(customerId, given);
  }

  @Get()
  @Answers(200, customerPage)
  list(@Query({ schema: customerPaging }) paging: CustomerPaging): Promise<Page<CustomerView>> {
    return this.customers.list(paging);
  }
}
