import { defineRule, LINK } from './rule.js';
import { isStaticLoad, onLoad, PROCESS, takenFrom, usesOfImports, usesOfProcess } from './uses.js';

/** Names of `process` that give the environment away; a report holds all of it. */
const ENVIRONMENT = /^(env|loadEnvFile|report)$/;

export const noEnvironment = defineRule(
  'Only src/config reads the environment: it holds the login URL of every module.',
  {
    environment: `{{who}} reads {{what}}, and with it the login URL of every module. Which setting does it need? Let src/config read that one, and have it passed in. ${LINK}`,
    whole: `{{who}} hands on "process" as a whole, and the environment with it. What does it need of it? Take that by its name, such as process.stdout. ${LINK}`,
  },
  ({ sourceCode, report }) => ({
    ...onLoad(sourceCode, (node, source) => {
      if (PROCESS.test(source) && !isStaticLoad(node)) report(node, 'whole');
    }),
    MetaProperty: (meta) => {
      for (const { node, name } of takenFrom(meta))
        if (name === 'env') report(node, 'environment', { what: 'import.meta.env' });
    },
    Program: () => {
      for (const { node, name } of usesOfProcess(sourceCode))
        if (!name) report(node, 'whole');
        else if (ENVIRONMENT.test(name)) report(node, 'environment', { what: `process.${name}` });
      for (const { node, name } of usesOfImports(sourceCode, /^(node:)?util$/))
        if (name === 'parseEnv') report(node, 'environment', { what: 'a file of it by parseEnv' });
    },
  }),
);
