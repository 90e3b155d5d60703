// only: customers
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { emptyTables, startTestApp, type TestApp } from '../support/test-app.js';
import { expectFaults, expectProblem } from '../platform/problems.js';

let app: TestApp;

beforeAll(async () => {
  await emptyTables('customers');
  app = await startTestApp();
});
afterAll(() => app.close());

const JSON_TYPE = { 'content-type': 'application/json' };
const post = (body: string, headers = JSON_TYPE) => app.send('POST', '/customers', body, headers);

describe('a body', () => {
  it.each([
    ['that breaks off', '{"name":"Ada"'],
    ['that is empty', ''],
    ['that is no JSON', "{'name': 'Ada'}"],
    ['with a comment', '{} // Ada'],
    ['of NaN', '{"name": NaN}'],
    ['that sets __proto__', '{"name":"Ada","email":"ada@example.com","__proto__":{"admin":1}}'],
    ['that sets __proto__ in escapes', '{"\\u005f_proto__":{"admin":1}}'],
    ['that sets a prototype', '{"constructor":{"prototype":{"admin":1}}}'],
  ])('%s is malformed', async (_case, body) => {
    expectProblem(await post(body), 400, 'http.malformed-body');
  });

  it.each([
    ['null', 'null'],
    ['a number', '1e309'],
    ['a text', '"Ada"'],
    ['a list', '[{"name":"Ada"}]'],
    ['a list in 30,000 lists', '['.repeat(30_000) + ']'.repeat(30_000)],
  ])('that is %s is no valid request', async (_case, body) => {
    expectFaults(await post(body), '');
  });

  it('that is missing is no valid request', async () => {
    expectFaults(await app.send('POST', '/customers'), '');
  });

  it('with an object in 10,000 objects is no valid request', async () => {
    const body = '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000);
    expectFaults(await post(body), '', 'name', 'email');
  });

  it('of 64 KiB is read, and one byte more is too large', async () => {
    const body = JSON.stringify({ name: '', email: '' });
    const padded = body + ' '.repeat(65_536 - body.length);
    expectFaults(await post(padded), 'name', 'email');
    expectProblem(await post(`${padded} `), 413, 'http.body-too-large');
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/jsonp',
    'json',
    ';;;',
  ])('of the type "%s" is refused', async (type) => {
    const answer = await post('{"name":"Ada","email":"ada@example.com"}', { 'content-type': type });
    expectProblem(answer, 415, 'http.unsupported-media-type');
  });

  it('of JSON with a charset is read', async () => {
    expectFaults(
      await post('{}', { 'content-type': 'application/JSON; charset=utf-8' }),
      'name',
      'email',
    );
  });
});

describe('a query', () => {
  it.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=1e1', 'limit'],
    ['limit=', 'limit'],
    ['limit=%00', 'limit'],
    ['limit=99999999999999999999', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['after=', 'after'],
    ['after=x', 'after'],
    ['after=%ff', 'after'],
    ['limit[]=1', ''],
    ['page=2', ''],
    ['__proto__=1', ''],
    ['constructor=1', ''],
  ])('with %s is no valid request', async (query, path) => {
    expectFaults(await app.send('GET', `/customers?${query}`), path);
  });
});

describe('an address or a method that there is not', () => {
  it.each([
    ['GET', '/nothing'],
    ['GET', '/Customers'],
    ['GET', '//customers'],
    ['GET', '/customers/'],
    ['POST', '/nothing'],
    ['DELETE', '/customers'],
    ['PUT', '/customers'],
    ['OPTIONS', '/customers'],
    ['GET', '/docs/..%2f..%2fpackage.json'],
    ['GET', '/.env'],
  ])('%s %s is not found', async (method, path) => {
    expectProblem(await app.send(method, path), 404, 'http.not-found');
  });

  it.each(['/customers/%E0%A4%A', '/%', '/products/%zz'])('%s is malformed', async (path) => {
    expectProblem(await app.send('GET', path), 400, 'http.invalid-request');
  });

  it('is too long', async () => {
    expectProblem(await app.send('GET', `/products/${'x'.repeat(600)}`), 414, 'http.refused');
  });
});

describe('what is no HTTP', () => {
  it.each([
    ['a request without sense', 'NONSENSE\r\n\r\n', 400],
    ['a header without a colon', 'GET / HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n', 400],
    ['a method without sense', 'FROB / HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    [
      'a length without sense',
      'POST /customers HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n',
      400,
    ],
    [
      'headers that are too large',
      `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
    ],
  ])('is refused as a problem: %s', async (_case, text, status) => {
    const answer = await sendRaw(text);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toMatch(/\r\ncontent-type: application\/problem\+json/i);
    const body = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')));
    expect(body).toMatchObject({ status, code: expect.stringMatching(/^http\./) });
    expect(answer).toMatch(new RegExp(`\\r\\nx-request-id: ${body.requestId}\\r\\n`, 'i'));
  });
});

describe('the id of a request', () => {
  const idOf = async (headers: Record<string, string> = {}) =>
    (await app.send('GET', '/health/live', undefined, headers)).headers.get('x-request-id');

  it.each(['abc', '0af7651916cd43dd8448eb211c80319c', 'a.b:c_d-E', 'x'.repeat(128)])(
    'is the one that came with it: %s',
    async (given) => {
      expect(await idOf({ 'x-request-id': given })).toBe(given);
      const refused = await app.send('GET', '/nothing', undefined, { 'x-request-id': given });
      expect(refused.body.requestId).toBe(given);
    },
  );

  it.each(['', 'a b', 'x'.repeat(129), '<script>', '{"a":1}', 'a,b', 'é'])(
    'is a new one instead of %j',
    async (given) => {
      expect(await idOf({ 'x-request-id': given })).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  it('is another for each request', async () => {
    expect(await idOf()).not.toBe(await idOf());
  });
});

describe('a request for the head alone', () => {
  it('is answered as GET is, without a body', async () => {
    const answer = await fetch(`${app.url}/customers`, { method: 'HEAD' });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('');
  });
});

/** Sends bytes as they are and gives all that comes back until the server closes. */
function sendRaw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1', () => socket.write(text));
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}
// only: end
