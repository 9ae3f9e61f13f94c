import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

const PURPOSE = 'supastor: secrets of S3 access keys';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

interface SealingKey {
  /** Tells keys apart without telling what they are. */
  readonly id: string;
  readonly bytes: Buffer;
}

/**
 * Seals secrets that must be read again, with AES-256-GCM under keys derived from configured passphrases. The first passphrase seals;
 * all of them open, so that one can be replaced while the old one is still listed.
 */
export class SecretSealer {
  readonly #current: SealingKey;
  readonly #byId: ReadonlyMap<string, SealingKey>;

  constructor(current: string, retired: readonly string[] = []) {
    this.#current = deriveKey(current);
    this.#byId = new Map([...retired.map(deriveKey), this.#current].map((key) => [key.id, key]));
  }

  /** `owner` is bound to the text, so that a sealed secret cannot be moved to another row. */
  seal(secret: string, owner: string): string {
    const { id, bytes } = this.#current;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', bytes, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(owner));
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return [id, ...[nonce, sealed, cipher.getAuthTag()].map((part) => part.toString('base64url'))].join('.');
  }

  /** The secret; null when no configured key opens it, or when it was changed. */
  open(sealed: string, owner: string): string | null {
    const [id = '', ...parts] = sealed.split('.');
    const key = this.#byId.get(id);
    const [nonce, text, tag, ...more] = parts.map((part) => Buffer.from(part, 'base64url'));
    if (key === undefined || nonce?.length !== NONCE_BYTES || text === undefined || tag?.length !== TAG_BYTES || more.length > 0)
      return null;
    const decipher = createDecipheriv('aes-256-gcm', key.bytes, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(owner)).setAuthTag(tag);
    try {
      return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8');
    } catch {
      return null;
    }
  }

  /** Whether it was sealed with the passphrase that seals now. */
  isCurrent(sealed: string): boolean {
    return sealed.startsWith(`${this.#current.id}.`);
  }
}

function deriveKey(passphrase: string): SealingKey {
  const bytes = Buffer.from(hkdfSync('sha256', passphrase, '', PURPOSE, 32));
  return { id: createHash('sha256').update('id').update(bytes).digest('hex').slice(0, 12), bytes };
}
