import { type KeyObject, randomUUID } from 'node:crypto';
import { decodeJwt, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';

/** Seconds that a token is good for. */
export const TOKEN_LIFETIME = 30;

/** Seconds by which the clocks of two machines may differ. */
const CLOCK_TOLERANCE = 5;

const ALGORITHM = 'EdDSA';

/** What a token says: which module asks which other one for what. */
export interface ModuleToken {
  readonly caller: string;
  readonly callee: string;
  /** `<callee>.<procedure>`, or `<callee>.feed`. */
  readonly scope: string;
}

const payloadSchema = z.object({
  iss: z.string(),
  aud: z.string(),
  scope: z.string(),
  exp: z.number(),
});

/**
 * Signs a token (a JWT, RFC 7519, with Ed25519).
 *
 * @param now milliseconds since 1970
 */
export function issueToken(
  key: KeyObject,
  { caller, callee, scope }: ModuleToken,
  now = Date.now(),
): Promise<string> {
  const issued = Math.floor(now / 1_000);
  return new SignJWT({ scope })
    .setProtectedHeader({ alg: ALGORITHM })
    .setIssuer(caller)
    .setAudience(callee)
    .setIssuedAt(issued)
    .setExpirationTime(issued + TOKEN_LIFETIME)
    .setJti(randomUUID())
    .sign(key);
}

/**
 * Reads a token that its issuer signed and that is within its time, whomever it is for.
 *
 * @param keyOf the public key of a module, or undefined for one that is not known here
 * @returns also when it expires, in milliseconds since 1970
 * @throws with the reason, which holds nothing secret, when it is not to be trusted
 */
export async function readToken(
  token: string,
  keyOf: (module: string) => KeyObject | undefined,
): Promise<ModuleToken & { readonly expires: number }> {
  const { iss = '' } = decodeJwt(token);
  const key = keyOf(iss);
  if (key === undefined) throw new Error(`there is no public key here of "${iss}"`);
  const { payload } = await jwtVerify(token, key, {
    algorithms: [ALGORITHM],
    clockTolerance: CLOCK_TOLERANCE,
    // Whoever holds a key may not make a token that lives longer, either.
    maxTokenAge: TOKEN_LIFETIME,
    requiredClaims: ['jti'],
  });
  const { aud: callee, scope, exp } = payloadSchema.parse(payload);
  return { caller: iss, callee, scope, expires: exp * 1_000 };
}
