import { Injectable } from '@nestjs/common';
import { ModuleDatabase } from '#platform/database';
import type { PrismaClient } from './prisma/client.js';

@Injectable()
export class ReportingDatabase extends ModuleDatabase<PrismaClient> {}
