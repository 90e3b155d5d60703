// Production installs leave out the generator, and need no clients: they are compiled into dist.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const { resolve } = createRequire(import.meta.url);

function isInstalled(name) {
  try {
    return Boolean(resolve(name));
  } catch {
    return false;
  }
}

if (isInstalled('@swc/core') && isInstalled('prisma/package.json')) {
  const { status } = spawnSync('npm', ['run', '--silent', 'prisma:generate'], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
