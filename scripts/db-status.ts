import { command, printJson, run } from './lib/cli.js';
import { isInOrder, migrationStatus, type ModuleStatus } from './lib/migrations/index.js';
import { withTargets } from './lib/migrations/targets.js';
import { prismaFolder } from './lib/project.js';

await run(
  command(
    'db:status',
    'Says where the modules stand: their migrations, and how their schemas differ from schema.prisma.',
  )
    .argument('[modules...]', 'only these modules; all without any')
    .option('--json', 'report as JSON')
    .addHelpText('after', '\nExits 0 when all is in order, 1 when not, 2 when it could not look.')
    .action(async (names: string[], { json }: { json?: boolean }) => {
      await withTargets(names, async (targets) => {
        const found = await migrationStatus(targets, { prismaFolder });
        if (json) printJson(found);
        else process.stdout.write(found.map(describe).join(''));
        if (!found.every(isInOrder)) process.exitCode = 1;
      });
    }),
);

function describe(status: ModuleStatus): string {
  const counted = `${status.module}: ${status.applied.length} applied`;
  const findings = (['pending', 'edited', 'failed', 'missing'] as const).flatMap((kind) =>
    status[kind].map((name) => `  ${kind}: ${name}\n`),
  );
  const drift = status.drift
    ? `  drift; this takes the database to schema.prisma:\n${indent(status.drift)}`
    : '';
  return isInOrder(status)
    ? `${counted}, nothing pending, no drift\n`
    : `${counted}\n${findings.join('')}${drift}`;
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '    ');
}
