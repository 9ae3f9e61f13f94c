import { createHmac, createPrivateKey, createPublicKey, createSecretKey, hash, hkdfSync, sign, timingSafeEqual, verify } from 'node:crypto';

/** Keys of the trail; without them nobody can write a row or a checkpoint that passes for ours. */
export interface AuditSeal {
  /** Names the keys without telling them. */
  readonly keyId: string;
  /** PEM of the Ed25519 key that checks checkpoints. */
  readonly publicKey: string;
  /** HMAC-SHA-256 of a row's hash, hex. */
  mac(rowHash: string): string;
  macMatches(rowHash: string, mac: string): boolean;
  /** Ed25519 signature, base64. */
  sign(text: string): string;
  signatureMatches(text: string, signature: string): boolean;
}

/** DER in front of a raw Ed25519 private key (RFC 8410). */
const ED25519_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Derives the keys from a secret that the database does not know (HKDF, RFC 5869). */
export function createAuditSeal(secret: string): AuditSeal {
  const derive = (purpose: string) => Buffer.from(hkdfSync('sha256', secret, 'supastor', purpose, 32));
  const macKey = createSecretKey(derive('audit row'));
  const privateKey = createPrivateKey({
    key: Buffer.concat([ED25519_PREFIX, derive('audit checkpoint')]),
    format: 'der',
    type: 'pkcs8',
  });
  const publicKey = createPublicKey(privateKey);
  const mac = (rowHash: string) => createHmac('sha256', macKey).update(rowHash).digest();
  return {
    keyId: hash('sha256', publicKey.export({ type: 'spki', format: 'der' })).slice(0, 16),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    mac: (rowHash) => mac(rowHash).toString('hex'),
    macMatches(rowHash, candidate) {
      const given = Buffer.from(candidate, 'hex');
      return given.length === 32 && timingSafeEqual(given, mac(rowHash));
    },
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString('base64'),
    signatureMatches: (text, signature) => verify(null, Buffer.from(text), publicKey, Buffer.from(signature, 'base64')),
  };
}
