import { z } from 'zod';
import { INTERNAL_PREFIX } from '#platform/http/internal';
import { CliError } from '../../cli.js';

/** Milliseconds in which a process has to answer. */
const PATIENCE = 5_000;

const readiness = z.object({ modules: z.record(z.string(), z.enum(['up', 'down'])) });

/**
 * Asks the process at a URL whether other processes reach a module there.
 *
 * @param url of its internal listener
 * @returns what is wrong, and what to do about it; undefined when nothing is
 */
export async function processFault(url: string, module: string): Promise<CliError | undefined> {
  let health: unknown;
  let internal: number;
  try {
    health = await (await ask(url, '/health/ready')).json();
    internal = (await ask(url, `${INTERNAL_PREFIX}/feeds/${module}/behind?after=0`)).status;
  } catch (error) {
    return new CliError(
      `Nobody answers at ${url} as a process of this project does: ${reasonOf(error)}.`,
      `Start it first: npm run extract-module -- ${module} prepare --only process`,
    );
  }
  const { success, data } = readiness.safeParse(health);
  const hosted = success ? Object.keys(data.modules) : [];
  if (!hosted.includes(module)) {
    return new CliError(
      `The process at ${url} hosts ${hosted.join(', ') || 'no module'}, and not "${module}".`,
      `Tell it MODULES=${module}, or give the URL of one that hosts it.`,
    );
  }
  if (data?.modules[module] === 'down') {
    return new CliError(
      `The process at ${url} hosts "${module}", whose database does not answer it.`,
      `curl ${url}/health/ready says "up" when it does; then repeat the command.`,
    );
  }
  // Without a token it would say that it does not know who asks. Nobody is told more than that.
  if (internal === 401) return undefined;
  return new CliError(
    `${url} is the public address of the process that hosts "${module}".`,
    'Give the one of its internal listener: INTERNAL_HOST and INTERNAL_PORT.',
  );
}

const ask = (url: string, path: string) =>
  fetch(new URL(path, url), { redirect: 'error', signal: AbortSignal.timeout(PATIENCE) });

/** `fetch` only says that it failed; why, says the cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as { message: string; cause?: { message?: string } };
  return cause?.message || message;
}
