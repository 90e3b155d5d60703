import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import pg from 'pg';
import type { Environment } from '#config';
import { appConfig, createApp } from '../../src/app.js';
import { roleUrl, testEnvironment } from './test-project.js';

export interface Answer {
  status: number;
  headers: Headers;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into bodies of every shape
  body: any;
}

/** The app on this worker's database, listening on a free port. */
export interface TestApp {
  readonly nest: NestFastifyApplication;
  readonly url: string;
  /** Sends a request; a body that is no string goes as JSON. */
  send(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  close(): Promise<void>;
}

export async function startTestApp(change: Environment = {}): Promise<TestApp> {
  const nest = await createApp(appConfig({ PORT: '0', ...testEnvironment(), ...change }));
  await nest.listen(0, '127.0.0.1');
  const { port } = nest.getHttpServer().address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return { nest, url, send: sender(url), close: () => nest.close() };
}

/** A function that sends requests to a server. */
export const sender =
  (url: string): TestApp['send'] =>
  async (method, path, body, headers = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = /json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      body: json ? JSON.parse(text) : text,
    };
  };

/**
 * Empties a module's tables, and all that the platform keeps for it, in this worker's database. The
 * cursors and sagas first: that stops whoever reads or drives in the background, until all is gone.
 */
export async function emptyTables(...modules: string[]): Promise<void> {
  for (const module of modules) {
    const client = new pg.Client({ connectionString: roleUrl(module, 'owner') });
    await client.connect();
    const { rows } = await client.query<{ delete: string }>(
      `select format('delete from %I', relname) as delete from pg_class
       where relnamespace = $1::regnamespace and relkind = 'r' and relname not like '\\_%migrations'
       order by relname not in ('cursor', 'saga'), relname`,
      [module],
    );
    await client.query(['begin', ...rows.map((row) => row.delete), 'commit'].join(';'));
    await client.end();
  }
}
