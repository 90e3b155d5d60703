import { Module } from '@nestjs/common';
import { defineModule } from '#platform/define-module';
import { HeardOrders } from './internal/heard-orders.js';
import { HeardNames } from './internal/heard-names.js';
import { HeardStock } from './internal/heard-stock.js';
import { PrismaClient } from './internal/prisma/client.js';
import { ReportingDatabase } from './internal/reporting.database.js';
import { ReportsPage } from './internal/reports.page.js';
import { ReportsController } from './internal/reports.controller.js';
import { ReportsService } from './internal/reports.service.js';
import manifest from './module.json' with { type: 'json' };

@Module(
  defineModule(manifest, {
    database: { type: ReportingDatabase, client: PrismaClient },
    controllers: [ReportsController],
    providers: [ReportsService, ReportsPage],
    hears: [HeardOrders, HeardNames, HeardStock],
  }),
)
export class ReportingModule {}
