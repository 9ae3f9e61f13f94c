import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';

/** Seals text that is kept where others may read. */
export interface TextSeal {
  /** @param context What the text belongs to; it opens only with the same. */
  close(text: string, context: string): string;
  /** @throws when the text was changed, belongs elsewhere or was sealed with another secret */
  open(sealed: string, context: string): string;
}

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM under a key that is derived from `secret` for one purpose (HKDF, RFC 5869). */
export function createTextSeal(secret: string, purpose: string): TextSeal {
  const key = createSecretKey(Buffer.from(hkdfSync('sha256', secret, 'supastor', purpose, 32)));
  return {
    close(text, context) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context));
      return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64');
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES)).setAAD(Buffer.from(context));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8');
    },
  };
}
