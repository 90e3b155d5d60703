import { Controller, Get, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { HostedModules } from '../hosted-modules.js';
import { Answers } from './answers.decorator.js';

const liveness = z.strictObject({ status: z.literal('up') });

const readiness = z.strictObject({
  status: z.enum(['up', 'down']),
  modules: z.record(z.string(), z.enum(['up', 'down'])),
});

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(private readonly hosted: HostedModules) {}

  /** Whether the process answers at all; it looks at nothing else, so that a slow database restarts nobody. */
  @Get('live')
  @Answers(200, liveness)
  live(): z.infer<typeof liveness> {
    return { status: 'up' };
  }

  /** Whether every module's database answers; 503 when one does not. */
  @Get('ready')
  @Answers(200, readiness)
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<z.infer<typeof readiness>> {
    const states = await Promise.all(
      this.hosted.inCallOrder().map(async ({ manifest, database }) => {
        const answers = await database.answers();
        return [manifest.name, answers ? 'up' : 'down'] as const;
      }),
    );
    const up = states.every(([, state]) => state === 'up');
    void reply.status(up ? 200 : 503);
    return { status: up ? 'up' : 'down', modules: Object.fromEntries(states) };
  }
}
