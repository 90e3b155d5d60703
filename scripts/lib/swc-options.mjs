/**
 * How TypeScript becomes JavaScript for everything that runs from its sources: the commands, the
 * app in development, and the tests. `npm run build` uses tsc instead.
 *
 * @type {import('@swc/core').Options}
 */
export const swcOptions = {
  swcrc: false,
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    experimental: { keepImportAttributes: true },
  },
  module: { type: 'es6' },
};
