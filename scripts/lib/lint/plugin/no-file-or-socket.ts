import { defineRule, LINK } from './rule.js';
import { onLoad } from './uses.js';

const OUTSIDE = /^(node:)?(fs|fs\/promises|net|tls|dgram|sqlite)$/;

export const noFileOrSocket = defineRule(
  'Modules reach the machine through the platform.',
  {
    outside: `{{who}} opens "{{source}}": files and sockets do not know whose they are, so they lead past every wall. Is it data of the module, then should it not lie in its tables? If it is the machine's, should the platform not offer it? ${LINK}`,
  },
  ({ sourceCode, report }) =>
    onLoad(sourceCode, (node, source) => {
      if (OUTSIDE.test(source)) report(node, 'outside', { source });
    }),
);
