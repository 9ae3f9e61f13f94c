import { hash } from 'node:crypto';
import type { Logger } from '@supastor/adapters/telemetry/logger';
import type { SignedClaims, UrlSigner } from '../access/url-signer.ts';
import { failures } from '../errors.ts';
import type { Database } from '../metadata/database.ts';
import { forgetLinks, forgetRevocations, type LinkNote, noteLinks, revokeLinks } from './link-queries.ts';
import { Revocations } from './revocations.ts';

/** Links that wait to be noted; with more than this the newest are left out until the next round. */
const MOST_WAITING = 50_000;
const BATCH = 1000;
/** Links stay in the ledger this long after they have expired. */
const KEPT_SECONDS = 604_800;
const FORGOTTEN_AT_ONCE = 10_000;
const FORGET_EVERY_MS = 600_000;

/** Who asked for a link. */
interface LinkMaker {
  readonly subject: string;
  readonly role: string | null;
}

export interface LinkLedgerOptions {
  readonly database: Database;
  readonly signer: UrlSigner;
  readonly logger: Logger;
  readonly now?: () => number;
}

interface NewLink extends LinkMaker {
  readonly bucket: string;
  readonly path: string;
  readonly scope: 'download' | 'upload';
  readonly expiresInSeconds: number;
}

/**
 * Remembers signed links and counts how often they are used. Notes are written a moment later, many at once, so making a link costs
 * no write; links that were made elsewhere with the same key, or in the moment before a crash, are noted when they are used.
 */
export class LinkLedger {
  readonly #database: Database;
  readonly #signer: UrlSigner;
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #revocations: Revocations;
  readonly #waiting = new Map<string, LinkNote>();
  #left = 0;
  #forgotAtMs = 0;

  constructor({ database, signer, logger, now = Date.now }: LinkLedgerOptions) {
    this.#database = database;
    this.#signer = signer;
    this.#logger = logger;
    this.#now = now;
    this.#revocations = new Revocations(database, now);
  }

  /** Notes a link that was just made. */
  made(token: string, { bucket, path, scope, subject, role, expiresInSeconds }: NewLink): void {
    const signedAt = Math.floor(this.#now() / 1000);
    const maker = { subject: subject === '' ? null : subject, role };
    this.#add({
      id: linkId(token),
      bucket,
      path,
      scope,
      ...maker,
      signedAt,
      expiresAt: signedAt + expiresInSeconds,
      hits: 0,
      usedAt: null,
    });
  }

  /**
   * Checks the token of a link to `path` in `bucket`, and counts the use.
   * @throws ProtocolError InvalidJWT also when it was revoked, InvalidSignature when it is for another object or action
   */
  async use(token: string, { bucket, path, scope }: Pick<NewLink, 'bucket' | 'path' | 'scope'>): Promise<SignedClaims> {
    const claims = await this.#signer.verify(token, `${bucket}/${path}`, scope);
    const [id, signedAt] = [linkId(token), claims.iat ?? 0];
    if (await this.#revocations.covers({ id, bucket, path, signedAt })) throw failures.invalidJwt('the link was revoked');
    const known = { id, bucket, path, scope, subject: claims.owner ?? null, role: null };
    this.#add({ ...known, signedAt, expiresAt: claims.exp, hits: 1, usedAt: this.#now() / 1000 });
    return claims;
  }

  /** Links were revoked here: they are refused by this server from now on, and not only within a second. */
  revoked(): void {
    this.#revocations.expire();
  }

  /** Writes what waits. A failure is logged, and the rest tried again in the next round. */
  async flush(): Promise<void> {
    try {
      while (this.#waiting.size > 0) await this.#write([...this.#waiting.values()].slice(0, BATCH));
      await this.#forget();
    } catch (error) {
      this.#logger.warn({ err: error, waiting: this.#waiting.size }, 'signed links could not be noted');
    }
    if (this.#left > 0) this.#logger.warn({ count: this.#left }, 'signed links were made faster than they could be noted');
    this.#left = 0;
  }

  async #write(notes: readonly LinkNote[]): Promise<void> {
    for (const { id } of notes) this.#waiting.delete(id);
    const noted = noteLinks(notes);
    try {
      await this.#database.transact({ steps: [noted] });
    } catch (error) {
      for (const note of notes) this.#add(note);
      throw error;
    }
    const ids = noted.rows.map(({ link_id }) => link_id);
    if (ids.length > 0) await this.#database.transact({ steps: [revokeLinks({ ids })] });
  }

  #add(note: LinkNote): void {
    const before = this.#waiting.get(note.id);
    if (before === undefined && this.#waiting.size >= MOST_WAITING) {
      this.#left += 1;
      return;
    }
    this.#waiting.set(note.id, before === undefined ? note : merge(before, note));
  }

  async #forget(): Promise<void> {
    if (this.#now() - this.#forgotAtMs < FORGET_EVERY_MS) return;
    await this.#database.transact({ steps: [forgetLinks(KEPT_SECONDS, FORGOTTEN_AT_ONCE), forgetRevocations()] });
    this.#forgotAtMs = this.#now();
  }
}

function merge(a: LinkNote, b: LinkNote): LinkNote {
  const usedAt = Math.max(a.usedAt ?? 0, b.usedAt ?? 0);
  return { ...a, subject: a.subject ?? b.subject, role: a.role ?? b.role, hits: a.hits + b.hits, usedAt: usedAt === 0 ? null : usedAt };
}

/** Names a link by a digest of what was signed: the signature itself may be written in more than one way. */
function linkId(token: string): string {
  return hash('sha256', token.slice(0, token.lastIndexOf('.')), 'base64url').slice(0, 22);
}
