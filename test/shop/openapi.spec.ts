import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/test-app.js';

interface Operation {
  parameters?: { name: string; in: string; required?: boolean; schema?: object }[];
  requestBody?: { required?: boolean; content: Record<string, { schema: object }> };
  responses: Record<string, { description?: string; content?: Record<string, { schema: object }> }>;
}

let app: TestApp;
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a document to look into
let document: any;

beforeAll(async () => {
  app = await startTestApp();
  document = (await app.send('GET', '/openapi.json')).body;
});
afterAll(() => app.close());

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'trace'];

const operations = (): [name: string, operation: Operation][] =>
  Object.entries<Record<string, Operation>>(document.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => METHODS.includes(method))
      .map(([method, operation]): [string, Operation] => [
        `${method.toUpperCase()} ${path}`,
        operation,
      ]),
  );

/** Every object in the document, with the path to it. */
function* objectsIn(value: unknown, path = '#'): Generator<[string, Record<string, unknown>]> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield [path, value as Record<string, unknown>];
  for (const [key, inner] of Object.entries(value)) {
    yield* objectsIn(inner, `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  }
}

const resolve = (ref: string): unknown =>
  ref
    .split('/')
    .slice(1)
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document);

describe('the description of the API', () => {
  it('is OpenAPI 3.0 with a title and a version', () => {
    expect(document.openapi).toMatch(/^3\.0\.\d$/);
    expect(document.info).toMatchObject({ title: 'Bulkhead', version: expect.any(String) });
  });

  // only: shop
  it('lists every route', () => {
    expect(
      operations()
        .map(([name]) => name)
        .sort(),
    ).toEqual(
      [
        'GET /charges',
        'GET /charges/{id}',
        'POST /billing/webhooks',
        'GET /shipments',
        'GET /shipments/{id}',
        'POST /shipments/{id}/deliver',
        'GET /customers',
        'POST /customers',
        'GET /customers/{id}',
        'PATCH /customers/{id}',
        'GET /products',
        'POST /products',
        'GET /products/{sku}',
        'PATCH /products/{sku}',
        'GET /stock/{sku}',
        'PUT /stock/{sku}',
        'GET /orders',
        'POST /orders',
        'GET /orders/{id}',
        'POST /orders/{id}/cancel',
        'GET /reports/revenue',
        'GET /reports/funnel',
        'GET /reports/stock-at-risk',
        'GET /reports/customer-value',
        'GET /reports/late-shipments',
        'GET /health/live',
        'GET /health/ready',
      ].sort(),
    );
  });
  // only: end

  it('gives every body that is taken, and every answer that is given, a schema', () => {
    for (const [name, { requestBody, responses }] of operations()) {
      // What is done to one thing, as to deliver it, needs to be told no more.
      const takesBody = /^(POST|PUT|PATCH)/.test(name) && !/\}\/\w+$/.test(name);
      const taken = requestBody?.content['application/json']?.schema;
      expect([name, taken !== undefined]).toEqual([name, takesBody]);
      const [answer] = Object.entries(responses).filter(([status]) => status.startsWith('2'));
      expect([name, answer?.[1].content?.['application/json']?.schema]).toEqual([
        name,
        expect.any(Object),
      ]);
      for (const response of Object.values(responses)) expect(response.description).toBeDefined();
    }
  });

  it('names the parts of the address', () => {
    for (const [name, { parameters = [] }] of operations()) {
      const inPath = parameters.filter((each) => each.in === 'path');
      expect([name, inPath.map((each) => each.name)]).toEqual([
        name,
        [...name.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter),
      ]);
      for (const { required, schema } of inPath) {
        expect([name, required, schema]).toEqual([name, true, expect.any(Object)]);
      }
    }
  });

  // only: catalog, customers, orders
  it('names what may be asked of a list, and the key of an order', () => {
    const all = new Map(operations());
    const namesOf = (name: string) =>
      all
        .get(name)
        ?.parameters?.map((each) => each.name)
        .sort();
    expect(namesOf('GET /customers')).toEqual(['after', 'limit']);
    expect(namesOf('GET /products')).toEqual(['after', 'limit']);
    expect(namesOf('GET /orders')).toEqual(['after', 'customerId', 'limit']);
    expect(namesOf('POST /orders')).toEqual(['Idempotency-Key']);
  });
  // only: end

  // only: customers, inventory, orders
  it('says what the bodies are, field by field', () => {
    const schemaOf = (name: string) => {
      const found = new Map(operations()).get(name)?.requestBody?.content['application/json']
        ?.schema;
      const { $ref } = found as { $ref?: string };
      return $ref === undefined ? found : resolve($ref);
    };
    expect(schemaOf('POST /customers')).toMatchObject({
      type: 'object',
      required: ['name', 'email'],
      properties: { name: { type: 'string' }, email: { type: 'string' } },
    });
    expect(schemaOf('POST /orders')).toMatchObject({
      properties: { lines: { type: 'array', minItems: 1, maxItems: 100 } },
    });
    expect(schemaOf('PUT /stock/{sku}')).toMatchObject({
      properties: { onHand: { minimum: 0, maximum: 1_000_000_000 } },
    });
  });
  // only: end

  it('points at nothing that is not there', () => {
    for (const [path, { $ref }] of objectsIn(document)) {
      if (typeof $ref === 'string') expect([path, $ref, resolve($ref)]).not.toContain(undefined);
    }
  });

  it('uses no words that OpenAPI 3.0 does not know', () => {
    const unknown = [
      '$schema',
      '$defs',
      'const',
      'propertyNames',
      'prefixItems',
      'examples',
      '~standard',
    ];
    const found = [...objectsIn(document)].flatMap(([path, object]) => [
      ...unknown.filter((word) => word in object).map((word) => `${path}/${word}`),
      ...(typeof object['exclusiveMinimum'] === 'number' ? [`${path}/exclusiveMinimum`] : []),
      ...(object['type'] === 'null' || Array.isArray(object['type']) ? [`${path}/type`] : []),
    ]);
    expect(found).toEqual([]);
  });

  it('has every operation under a name of its own', () => {
    const ids = [...objectsIn(document.paths)].flatMap(([, { operationId }]) => operationId ?? []);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('the page of the API', () => {
  it('is HTML, with the parts that it asks for', async () => {
    const page = await app.send('GET', '/docs');
    expect(page).toMatchObject({ status: 200, body: expect.stringContaining('<html') });
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    const parts = [...String(page.body).matchAll(/(?:src|href)="([^"]+)"/g)].map(
      ([, part]) => part,
    );
    expect(parts.length).toBeGreaterThan(2);
    for (const part of parts) {
      const { pathname } = new URL(part as string, `${app.url}/docs`);
      expect([part, (await app.send('GET', pathname)).status]).toEqual([part, 200]);
    }
  });
});
