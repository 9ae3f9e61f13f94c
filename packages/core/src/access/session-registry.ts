import { SupastorError } from '@supastor/contract/errors';
import type { SessionEntry } from '@supastor/contract/operations/sessions';
import type { Clock } from '../operations/ports.ts';
import type { RevokedSessions } from './session.port.ts';

/** A session as it is kept; times in milliseconds since the epoch. */
export interface StoredSession {
  readonly id: string;
  readonly userId: string;
  readonly email: string;
  readonly device: string | null;
  readonly ip: string;
  /** Whether more than a password opened it. */
  readonly strong: boolean;
  readonly createdAtMs: number;
  readonly lastSeenAtMs: number;
  readonly expiresAtMs: number;
}

export interface SessionSighting {
  readonly id: string;
  readonly ip: string;
  readonly lastSeenAtMs: number;
}

/** Where sessions are listed. Whether one is valid is decided by its token and the revocations. */
export interface SessionStore {
  /** Adds sessions; takes the same one twice. */
  add(sessions: readonly StoredSession[]): Promise<void>;
  seen(sightings: readonly SessionSighting[]): Promise<void>;
  /** Sessions that have neither ended nor expired, last seen first. @param userId Null: of everybody */
  list(userId: string | null): Promise<readonly StoredSession[]>;
  /** Ends these, or all but `except` when null; answers those that were open. */
  end(ids: readonly string[] | null, except: string | null): Promise<readonly StoredSession[]>;
  /** Ends one of a user, or all but `except` when `id` is null; answers those that were open. */
  endOfUser(userId: string, id: string | null, except: string | null): Promise<readonly StoredSession[]>;
}

export interface SessionRegistryOptions {
  readonly store: SessionStore;
  readonly revoked: RevokedSessions;
  readonly clock: Clock;
  readonly onStoreError: (error: unknown) => void;
}

/** Knows who is signed in and ends sessions. */
export interface SessionRegistry {
  /** Also when the store is out of reach: then the session is written later. */
  started(session: StoredSession): Promise<void>;
  seen(id: string, ip: string): void;
  /** @param userId Left out: of everybody */
  list(currentId: string, userId?: string): Promise<readonly SessionEntry[]>;
  /** @throws SJ_NOT_FOUND when there is no such open session */
  revoke(id: string): Promise<StoredSession>;
  revokeOthers(currentId: string): Promise<readonly StoredSession[]>;
  /** Ends one session of a user. @throws SJ_NOT_FOUND when they have no such open session */
  revokeOwn(userId: string, id: string): Promise<StoredSession>;
  /** Ends all sessions of a user but `except`. */
  revokeOfUser(userId: string, except: string | null): Promise<readonly StoredSession[]>;
  /** Notes that a session was signed out. */
  ended(id: string): void;
  /** Writes what has not been written. Call it every few seconds; it never throws. */
  flush(): Promise<void>;
}

/** A session seen again within this time is not written again. */
const SEEN_EVERY_MS = 30_000;

export function createSessionRegistry({ store, revoked, clock, onStoreError }: SessionRegistryOptions): SessionRegistry {
  const unsaved = new Map<string, StoredSession>();
  const sightings = new Map<string, SessionSighting>();
  const writtenAtMs = new Map<string, number>();
  const ended = new Set<string>();

  async function write(): Promise<void> {
    const [added, seen, over] = [[...unsaved.values()], [...sightings.values()], [...ended]];
    if (added.length > 0) await store.add(added);
    for (const { id } of added) unsaved.delete(id);
    if (seen.length > 0) await store.seen(seen);
    for (const sighting of seen) if (sightings.get(sighting.id) === sighting) sightings.delete(sighting.id);
    if (over.length > 0) await store.end(over, null);
    for (const id of over) ended.delete(id);
    for (const [id, atMs] of writtenAtMs) if (clock.now() - atMs > SEEN_EVERY_MS) writtenAtMs.delete(id);
  }

  const flush = () => write().catch(onStoreError);

  async function refuse(sessions: readonly StoredSession[]): Promise<void> {
    await Promise.all(sessions.map(({ id, expiresAtMs }) => revoked.revoke({ sessionId: id, expiresAtMs })));
  }

  return {
    async started(session) {
      unsaved.set(session.id, session);
      await flush();
    },
    seen(id, ip) {
      const now = clock.now();
      if (now - (writtenAtMs.get(id) ?? 0) < SEEN_EVERY_MS) return;
      writtenAtMs.set(id, now);
      sightings.set(id, { id, ip, lastSeenAtMs: now });
    },
    async list(currentId, userId) {
      await write();
      return (await store.list(userId ?? null)).map((session) => toEntry(session, currentId));
    },
    async revoke(id) {
      await write();
      const [session] = await store.end([id], null);
      if (!session) throw notFound();
      await refuse([session]);
      return session;
    },
    async revokeOthers(currentId) {
      await write();
      const others = await store.end(null, currentId);
      await refuse(others);
      return others;
    },
    async revokeOwn(userId, id) {
      await write();
      const [session] = await store.endOfUser(userId, id, null);
      if (!session) throw notFound();
      await refuse([session]);
      return session;
    },
    async revokeOfUser(userId, except) {
      await write();
      const over = await store.endOfUser(userId, null, except);
      await refuse(over);
      return over;
    },
    ended: (id) => void ended.add(id),
    flush,
  };
}

function toEntry(
  { createdAtMs, lastSeenAtMs, expiresAtMs, userId: _userId, strong: _strong, ...same }: StoredSession,
  currentId: string,
): SessionEntry {
  const times = { createdAt: iso(createdAtMs), lastSeenAt: iso(lastSeenAtMs), expiresAt: iso(expiresAtMs) };
  return { ...same, ...times, current: same.id === currentId };
}

function notFound(): SupastorError {
  return new SupastorError('SJ_NOT_FOUND', 'There is no such session; it may have ended already.');
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** Sessions of this process only, for a server without a database. */
export function createMemorySessionStore(clock: Clock): SessionStore {
  const sessions = new Map<string, StoredSession>();
  const open = () => [...sessions.values()].filter(({ expiresAtMs }) => expiresAtMs > clock.now());
  const close = (over: readonly StoredSession[]) => {
    for (const { id } of over) sessions.delete(id);
    return over;
  };
  return {
    async add(added) {
      for (const session of added) sessions.set(session.id, session);
    },
    async seen(sightings) {
      for (const { id, ...sighting } of sightings) {
        const session = sessions.get(id);
        if (session) sessions.set(id, { ...session, ...sighting });
      }
    },
    list: async (userId) =>
      open()
        .filter((session) => userId === null || session.userId === userId)
        .toSorted((a, b) => b.lastSeenAtMs - a.lastSeenAtMs),
    end: async (ids, except) => close(open().filter(({ id }) => (ids === null ? id !== except : ids.includes(id)))),
    endOfUser: async (userId, id, except) =>
      close(open().filter((session) => session.userId === userId && session.id !== except && (id === null || session.id === id))),
  };
}
