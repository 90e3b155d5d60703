import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { SignJWT } from 'jose';
import type { AppConfig } from '#config';
import { Placement } from '#platform/placement/placement';
import { NotAllowed, Unauthenticated, WireGuard } from '#platform/wire/guard';
import { privateKeyOf, publicHalfOf, publicKeyOf } from '#platform/wire/keys';
import { issueToken } from '#platform/wire/module-token';

const newKey = () => randomBytes(32).toString('base64url');
const keys = { fleet: newKey(), logs: newKey() };
const fleet = privateKeyOf(keys.fleet);
const asked = { caller: 'fleet', callee: 'harbour', scope: 'harbour.moor' };

const manifests = [
  { name: 'fleet', calls: ['harbour'], hears: [] },
  { name: 'harbour', calls: [], hears: [] },
  { name: 'logs', calls: [], hears: ['harbour'] },
];

function newGuard(): WireGuard {
  const known = Object.entries(keys).map(([module, key]) => [module, publicHalfOf(key)]);
  const config = { keys: { private: {}, public: Object.fromEntries(known) } };
  const placement = new Placement({ modules: ['harbour'], urls: {} }, manifests);
  return new WireGuard(config as AppConfig, placement);
}

const callerOf = (token: string, guard = newGuard(), scope = asked.scope) =>
  guard.callerOf({ authorization: `Bearer ${token}` }, 'harbour', scope);

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
const secondsFromNow = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;
const claims = () => ({
  iss: 'fleet',
  aud: 'harbour',
  scope: 'harbour.moor',
  iat: secondsFromNow(0),
  exp: secondsFromNow(30),
  jti: 'one',
});
const signed = (payload: object) =>
  new SignJWT(payload as never).setProtectedHeader({ alg: 'EdDSA' }).sign(fleet);

/** The claims of a genuine token changed, under the signature that it had. */
async function tampered(change: object): Promise<string> {
  const [header, , signature] = (await issueToken(fleet, asked)).split('.');
  return [header, encode({ ...claims(), ...change }), signature].join('.');
}

/** Signed with what everybody knows, as if it were a secret. */
const signedWithPublicKey = () =>
  new SignJWT(claims())
    .setProtectedHeader({ alg: 'HS256' })
    .sign(publicKeyOf(publicHalfOf(keys.fleet)).export({ format: 'der', type: 'spki' }));

afterEach(() => {
  jest.useRealTimers();
});

describe('a request with a token', () => {
  it('is of the module that signed it', async () => {
    expect(await callerOf(await issueToken(fleet, asked))).toBe('fleet');
  });

  it('may come again while the token is good', async () => {
    const guard = newGuard();
    const token = await issueToken(fleet, asked);
    expect([await callerOf(token, guard), await callerOf(token, guard)]).toEqual([
      'fleet',
      'fleet',
    ]);
  });

  it('is accepted from a machine whose clock is a little off', async () => {
    for (const skew of [-4_000, 4_000]) {
      expect(await callerOf(await issueToken(fleet, asked, Date.now() + skew))).toBe('fleet');
    }
  });

  it('may read the feed when its module hears it', async () => {
    const scope = 'harbour.feed';
    const reading = { caller: 'logs', callee: 'harbour', scope };
    const token = await issueToken(privateKeyOf(keys.logs), reading);
    expect(await callerOf(token, newGuard(), scope)).toBe('logs');
  });
});

describe('a request is refused when its token', () => {
  const { privateKey: stranger } = generateKeyPairSync('ed25519');

  it.each<[string, () => string | Promise<string>, RegExp]>([
    ['is no token', () => 'garbage', /Invalid JWT/],
    ['is not signed', () => `${encode({ alg: 'none' })}.${encode(claims())}.`, /"alg"/],
    ['says that it needs no signature', () => tampered({}).then(withoutAlgorithm), /"alg"/],
    ['is signed with the public key as a secret', signedWithPublicKey, /"alg"/],
    ['is signed with another key', () => issueToken(stranger, asked), /signature/],
    ['was changed', () => tampered({ scope: 'harbour.feed' }), /signature/],
    ['names a module without a key here', () => signed({ ...claims(), iss: 'x' }), /of "x"/],
    ['names no module', () => signed({ ...claims(), iss: undefined }), /of ""/],
    ['has expired', () => issueToken(fleet, asked, Date.now() - 36_000), /"exp"/],
    ['lives too long', () => signed({ ...claims(), iat: secondsFromNow(-60) }), /"iat"/],
    ['is of the future', () => issueToken(fleet, asked, Date.now() + 60_000), /"iat"/],
    ['never expires', () => signed({ ...claims(), exp: undefined }), /exp/],
    ['has no id', () => signed({ ...claims(), jti: undefined }), /"jti"/],
    ['is for many', () => signed({ ...claims(), aud: ['harbour', 'x'] }), /aud/],
    [
      'is for another module',
      () => issueToken(fleet, { ...asked, callee: 'logs', scope: 'logs.moor' }),
      /the token is for logs.moor/,
    ],
    [
      'is for another module, though for a procedure of this one',
      () => issueToken(fleet, { ...asked, callee: 'logs' }),
      /the token is for/,
    ],
    [
      'is for another procedure',
      () => issueToken(fleet, { ...asked, scope: 'harbour.unmoor' }),
      /the token is for harbour.unmoor/,
    ],
  ])('%s', async (_what, make, reason) => {
    const error = await callerOf(await make()).catch((caught: unknown) => caught);
    expect(Unauthenticated.is(error)).toBe(true);
    expect(error).toMatchObject({ status: 401, data: { reason: expect.stringMatching(reason) } });
  });

  it.each([[undefined], [''], ['Basic Zmxl'], ['Bearer'], ['Bearer a b']])(
    'is not there: %s',
    async (authorization) => {
      const headers = authorization === undefined ? {} : { authorization };
      await expect(newGuard().callerOf(headers, 'harbour', asked.scope)).rejects.toMatchObject({
        code: 'wire.unauthenticated',
        data: { reason: 'there is no token' },
      });
    },
  );

  it('was good before, and comes again after its time', async () => {
    const guard = newGuard();
    const token = await issueToken(fleet, asked);
    expect(await callerOf(token, guard)).toBe('fleet');
    moveClock(36_000);
    await expect(callerOf(token, guard)).rejects.toMatchObject({ code: 'wire.unauthenticated' });
  });
});

describe('a request is not allowed when', () => {
  it.each([
    ['calls what it only hears', 'logs', 'harbour.moor'],
    ['hears what it only calls', 'fleet', 'harbour.feed'],
    ['asks many queries of what it only hears', 'logs', 'harbour.queries'],
  ] as const)('its module %s', async (_what, caller, scope) => {
    const token = await issueToken(privateKeyOf(keys[caller]), { ...asked, caller, scope });
    const error = await callerOf(token, newGuard(), scope).catch((caught: unknown) => caught);
    expect(NotAllowed.is(error)).toBe(true);
    expect(error).toMatchObject({ status: 403, data: { caller, scope } });
  });
});

const withoutAlgorithm = (token: string) =>
  [encode({ alg: 'none' }), ...token.split('.').slice(1)].join('.');

/** The clock alone: everything else goes on as it does. */
function moveClock(milliseconds: number): void {
  const doNotFake = [
    'nextTick',
    'queueMicrotask',
    'setImmediate',
    'clearImmediate',
    'setTimeout',
    'clearTimeout',
    'setInterval',
    'clearInterval',
    'performance',
    'hrtime',
  ] as const;
  jest.useFakeTimers({ now: Date.now() + milliseconds, doNotFake: [...doNotFake] });
}
