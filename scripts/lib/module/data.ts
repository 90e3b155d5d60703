import { parseOperatorConfig, processEnvironment } from '#config';
import { projectName } from '../project.js';
import { dropModule, type DropPlan, planModuleDrop } from '../provision/index.js';
import { openServer } from '../server.js';

/** What dropping a module's data on the project's server takes. Throws as `planModuleDrop`. */
export const planDrop = (module: string) => onServer(planModuleDrop, module);

/** Drops a module's data on the project's server. Throws as `dropModule`. */
export const dropData = (module: string) => onServer(dropModule, module);

async function onServer(work: typeof dropModule, module: string): Promise<DropPlan> {
  const server = await openServer(parseOperatorConfig(processEnvironment()));
  try {
    return await work({ adminUrl: server.adminUrl, project: projectName }, module);
  } finally {
    await server.release();
  }
}
