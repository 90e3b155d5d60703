import { defineRule, LINK } from './rule.js';
import { onLoad, usesOfProcess } from './uses.js';

/** Node's own modules that load code, or run it elsewhere. */
const LOADERS =
  /^(node:)?(module|vm|worker_threads|child_process|cluster|inspector|inspector\/promises|repl|wasi)$/;

/** Names of `process` by which code is loaded. */
const LOADING = /^(getBuiltinModule|binding|_linkedBinding|dlopen|mainModule)$/;

export const noLoaderModule = defineRule(
  'The app loads code by import alone.',
  {
    loader: `{{who}} uses {{what}}, which loads or runs code that no check has seen. What does it need of it? Import that instead. ${LINK}`,
  },
  ({ sourceCode, report }) => ({
    ...onLoad(sourceCode, (node, source) => {
      if (LOADERS.test(source)) report(node, 'loader', { what: `"${source}"` });
    }),
    Program: () => {
      for (const { node, name } of usesOfProcess(sourceCode))
        if (name && LOADING.test(name)) report(node, 'loader', { what: `process.${name}` });
    },
  }),
);
