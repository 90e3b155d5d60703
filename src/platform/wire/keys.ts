import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/** What stands before the 32 bytes of an Ed25519 private key in PKCS #8 (RFC 8410, section 7). */
const PKCS8_HEADER = Buffer.from('302e020100300506032b657004220420', 'hex');

/** @param key the 32 bytes as base64url: `d` of the JWK */
export const privateKeyOf = (key: string): KeyObject =>
  createPrivateKey({
    key: Buffer.concat([PKCS8_HEADER, Buffer.from(key, 'base64url')]),
    format: 'der',
    type: 'pkcs8',
  });

/** @param key the 32 bytes as base64url: `x` of the JWK */
export const publicKeyOf = (key: string): KeyObject =>
  createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: key }, format: 'jwk' });

/** The public key that belongs to a private one, both 32 bytes as base64url. */
export const publicHalfOf = (key: string): string =>
  createPublicKey(privateKeyOf(key)).export({ format: 'jwk' }).x as string;
