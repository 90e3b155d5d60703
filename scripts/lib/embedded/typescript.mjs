import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { transform } from '@swc/core';

// The keeper lives as long as the app. Run with @swc-node/register, which loads the TypeScript
// compiler, it takes 190 MB and 0.9 s to start; with these few lines 100 MB and 0.2 s.
if (isMainThread) register(import.meta.url);

export function resolve(specifier, context, next) {
  const source = /^\..*\.js$/.test(specifier) && context.parentURL?.endsWith('.ts');
  return next(source ? specifier.replace(/\.js$/, '.ts') : specifier, context);
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const { code } = await transform(await readFile(fileURLToPath(url), 'utf8'), {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    swcrc: false,
  });
  return { format: 'module', source: code, shortCircuit: true };
}
