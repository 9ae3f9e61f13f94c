import type { Database } from '../metadata/database.ts';
import { revocationsAfter, type RevocationRow } from './link-queries.ts';

/** What is known counts for this long, so a revocation counts everywhere within a second. */
const FRESH_MS = 400;
/** Everything is read anew after this time, which lets go of links that have expired. */
const RENEW_MS = 3_600_000;

interface Place {
  readonly bucket: string;
  readonly prefix: string;
  readonly isExact: boolean;
  readonly untilSeconds: number;
}

/** A link that is to be judged. */
export interface JudgedLink {
  readonly id: string;
  readonly bucket: string;
  readonly path: string;
  /** Second in which it was signed. */
  readonly signedAt: number;
}

/** What this server knows of revoked links. Asks Postgres for news at most every {@link FRESH_MS}, and only while links are used. */
export class Revocations {
  readonly #database: Database;
  readonly #now: () => number;
  #links = new Set<string>();
  #places: Place[] = [];
  #last = '0';
  #readAtMs = Number.NEGATIVE_INFINITY;
  #renewedAtMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | null = null;
  /** Counts what was revoked here, so that an answer from before is not taken for fresh. */
  #expired = 0;

  constructor(database: Database, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  /** @throws ProtocolError when Postgres is away: a link that may be revoked is not followed */
  async covers({ id, bucket, path, signedAt }: JudgedLink): Promise<boolean> {
    if (this.#now() - this.#readAtMs >= FRESH_MS) await (this.#reading ??= this.#read());
    if (this.#links.has(id)) return true;
    return this.#places.some(
      (place) =>
        place.bucket === bucket &&
        signedAt <= place.untilSeconds &&
        (place.isExact ? path === place.prefix : path.startsWith(place.prefix)),
    );
  }

  /** Makes the next question ask Postgres. */
  expire(): void {
    this.#readAtMs = Number.NEGATIVE_INFINITY;
    this.#expired += 1;
    this.#reading = null;
  }

  async #read(): Promise<void> {
    const [startedMs, expired] = [this.#now(), this.#expired];
    const anew = startedMs - this.#renewedAtMs >= RENEW_MS;
    const found = revocationsAfter(anew ? '0' : this.#last);
    try {
      await this.#database.read(found);
    } finally {
      if (this.#expired === expired) this.#reading = null;
    }
    if (this.#expired !== expired) return;
    if (anew) {
      this.#links = new Set();
      this.#places = [];
      this.#renewedAtMs = startedMs;
    }
    for (const row of found.rows) this.#learn(row);
    this.#readAtMs = startedMs;
  }

  #learn({ n, link_id, bucket_id, prefix, is_exact, signed_until }: RevocationRow): void {
    this.#last = n;
    if (link_id !== null) this.#links.add(link_id);
    if (bucket_id === null || signed_until === null) return;
    const untilSeconds = Math.floor(signed_until.getTime() / 1000);
    this.#places.push({ bucket: bucket_id, prefix: prefix ?? '', isExact: is_exact, untilSeconds });
  }
}
