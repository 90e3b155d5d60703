import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Answers, id, type Page } from '#platform/http';
import {
  shipment,
  shipmentPage,
  shipmentPaging,
  type ShipmentPaging,
  type ShipmentView,
} from './shipments.schemas.js';
import { ShipmentsService } from './shipments.service.js';

@ApiTags('shipping')
@Controller('shipments')
export class ShipmentsController {
  constructor(private readonly shipments: ShipmentsService) {}

  @Post(':id/deliver')
  @Answers(200, shipment)
  deliver(@Param('id', { schema: id }) shipmentId: string): Promise<ShipmentView> {
    return this.shipments.deliver(shipmentId);
  }

  @Get(':id')
  @Answers(200, shipment)
  get(@Param('id', { schema: id }) shipmentId: string): Promise<ShipmentView> {
    return this.shipments.get(shipmentId);
  }

  @Get()
  @Answers(200, shipmentPage)
  list(@Query({ schema: shipmentPaging }) paging: ShipmentPaging): Promise<Page<ShipmentView>> {
    return this.shipments.list(paging);
  }
}
