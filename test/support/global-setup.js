import '../../scripts/lib/typescript.mjs';

/** @param {import('jest').Config} config */
export default async function globalSetup({ maxWorkers }) {
  const { startTestServer } = await import('./test-server.ts');
  globalThis.testServer = await startTestServer(maxWorkers);
}
