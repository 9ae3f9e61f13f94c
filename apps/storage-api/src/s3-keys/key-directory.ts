import type { Logger } from '@supastor/adapters/telemetry/logger';
import type { Caller } from '../access/token-verifier.ts';
import type { Database } from '../metadata/database.ts';
import { ShortMemory } from '../short-memory.ts';
import type { AccessScope } from './access-scope.ts';
import { type AddressRanges, parseAddressRanges } from './address-ranges.ts';
import { findKey, type KeyRow, type KeyUse, noteUses } from './key-queries.ts';
import { storedClaimsSchema, storedScopeSchema } from './s3-keys.ts';
import type { SecretSealer } from './secret-sealer.ts';

/** A key that may be used now. */
export interface UsableKey {
  readonly id: string;
  /** The current secret, then the one before it while that still works. */
  readonly secrets: readonly string[];
  readonly caller: Caller;
  readonly scope: AccessScope;
  /** Null: any address. */
  readonly addresses: AddressRanges | null;
}

/** A key is looked up again after this time, so a change counts everywhere within a second; where it is made, at once. */
const FRESH_MS = 400;
const MOST_NOTED = 4096;
/** Uses of one key within this time are written once. */
const NOTE_EVERY_MS = 10_000;

/** A row with its secrets opened and its JSON understood; whether it is valid now is decided at each use. */
interface OpenedKey {
  readonly key: Omit<UsableKey, 'secrets'>;
  readonly secret: string;
  readonly previous: { readonly secret: string; readonly untilMs: number } | null;
  readonly expiresAtMs: number;
}

export interface KeyDirectoryOptions {
  readonly database: Database;
  readonly sealer: SecretSealer;
  readonly roles: readonly string[];
  readonly logger: Logger;
  readonly now?: () => number;
}

/** Finds access keys for the S3 door. Looks at Postgres at most every {@link FRESH_MS} per key, and notes lazily when keys were used. */
export class KeyDirectory {
  readonly #options: KeyDirectoryOptions;
  readonly #now: () => number;
  readonly #opened: ShortMemory<OpenedKey | null>;
  readonly #uses = new Map<string, KeyUse>();
  readonly #notedAtMs = new Map<string, number>();

  constructor(options: KeyDirectoryOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#opened = new ShortMemory(FRESH_MS, (id) => this.#read(id), this.#now);
  }

  /** The key, unless there is none or it is disabled, expired or not to be opened. @throws ProtocolError when Postgres is away */
  async find(id: string): Promise<UsableKey | null> {
    if (!/^[A-Za-z0-9]{4,64}$/.test(id)) return null;
    const opened = await this.#opened.get(id);
    const nowMs = this.#now();
    if (opened === null || opened.expiresAtMs <= nowMs) return null;
    const { key, secret, previous } = opened;
    return { ...key, secrets: previous === null || previous.untilMs <= nowMs ? [secret] : [secret, previous.secret] };
  }

  /** The key has just changed: it is looked up at its next use. */
  forget(id: string): void {
    this.#opened.forget(id);
  }

  noteUse(id: string, ip: string): void {
    const atMs = this.#now();
    if (atMs - (this.#notedAtMs.get(id) ?? 0) < NOTE_EVERY_MS) return;
    if (this.#notedAtMs.size >= MOST_NOTED) this.#notedAtMs.clear();
    this.#notedAtMs.set(id, atMs);
    this.#uses.set(id, { id, atMs, ip });
  }

  /** Writes which keys were used. Failures are logged: the next use is noted again. */
  async flush(): Promise<void> {
    const uses = [...this.#uses.values()];
    this.#uses.clear();
    if (uses.length === 0) return;
    const { database, logger } = this.#options;
    await database
      .transact({ steps: [noteUses(uses)] })
      .catch((error: unknown) => logger.warn({ err: error }, 'the use of access keys could not be noted'));
  }

  async #read(id: string): Promise<OpenedKey | null> {
    const find = findKey(id);
    await this.#options.database.read(find);
    const [row] = find.rows;
    return row?.enabled === true ? this.#open(row) : null;
  }

  #open(row: KeyRow): OpenedKey | null {
    const { sealer, roles, logger } = this.#options;
    const { id, role } = row;
    const scope = storedScopeSchema.safeParse(row.scope).data;
    const claims = storedClaimsSchema.safeParse(row.claims).data;
    const secret = sealer.open(row.secret, id);
    if (scope === undefined || claims === undefined || secret === null || !roles.includes(role)) {
      logger.warn({ accessKeyId: id, opens: secret !== null }, 'an access key cannot be used: its row, role or encryption key is wrong');
      return null;
    }
    const { ipRanges, ...limits } = scope;
    const subject = typeof claims['sub'] === 'string' ? claims['sub'] : '';
    const caller = { role, subject, claims: JSON.stringify({ ...claims, role }), token: '' };
    const addresses = ipRanges.length === 0 ? null : parseAddressRanges(ipRanges);
    return {
      key: { id, caller, scope: limits, addresses },
      secret,
      previous: this.#openPrevious(row),
      expiresAtMs: row.expires_at?.getTime() ?? Number.POSITIVE_INFINITY,
    };
  }

  #openPrevious({ id, previous_secret, previous_until }: KeyRow): OpenedKey['previous'] {
    const secret = previous_secret === null ? null : this.#options.sealer.open(previous_secret, id);
    return secret === null || previous_until === null ? null : { secret, untilMs: previous_until.getTime() };
  }
}
