import { parseOperatorConfig, processEnvironment } from '#config';
import { auditDatabase, auditProject, expectationOf } from './lib/audit/index.js';
import { isDrift, reportOf } from './lib/audit/report.js';
import { command, printJson, run } from './lib/cli.js';
import { projectName, readProjectModules } from './lib/project.js';
import { openServer } from './lib/server.js';

interface Options {
  url?: string;
  json?: boolean;
}

await run(
  command(
    'db:audit',
    'Compares the catalog of a database, and of those to which modules have moved, with the manifests, and changes ' +
      'nothing: everything that reaches across the walls between modules, and how to repair it.',
  )
    .option(
      '--url <url>',
      'any database, as any role that may connect; otherwise the one of DATABASE_URL, or the embedded one',
    )
    .option('--json', 'report the findings as a JSON array')
    .addHelpText(
      'after',
      '\nExits 0 when there is nothing, 1 with findings, 2 when it could not look.',
    )
    .action(async ({ url, json }: Options) => {
      const config = parseOperatorConfig(processEnvironment());
      const modules = readProjectModules();
      const { poolSize } = config;
      const server = url === undefined ? await openServer(config) : undefined;
      try {
        const findings = server
          ? await auditProject({ ...server, project: projectName, modules, poolSize })
          : await auditDatabase(url as string, expectationOf(projectName, modules, poolSize));
        if (json) printJson(findings);
        else process.stdout.write(reportOf(findings));
        if (findings.some(isDrift)) process.exitCode = 1;
      } finally {
        await server?.release();
      }
    }),
);
