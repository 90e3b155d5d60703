import { parseOperatorConfig, processEnvironment } from '#config';
import { projectName, readProjectModules } from './project.js';
import { openServer } from './server.js';
import { type Project, setUp } from './set-up.js';

/**
 * Opens the project's server and sets the project up on it.
 *
 * @returns the project, and how to let go of the server
 */
export async function openProject(): Promise<Project & { release(): Promise<void> }> {
  const config = parseOperatorConfig(processEnvironment());
  const server = await openServer(config);
  const modules = readProjectModules();
  const { adminUrl, secret } = server;
  const project = { adminUrl, secret, name: projectName, modules };
  try {
    for (const note of await setUp(project, config)) process.stderr.write(`${note}\n`);
  } catch (error) {
    await server.release();
    throw error;
  }
  return { ...project, release: () => server.release() };
}
