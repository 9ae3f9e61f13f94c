import { SupastorError } from '@supastor/contract/errors';
import type { SessionEntry } from '@supastor/contract/operations/sessions';
import type { Clock } from '../operations/ports.ts';
import { isStronger, refuseStronger } from './delegation.ts';
import type { Grant } from './grant.ts';
import type { Identity } from './identity.ts';
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
  /** Users whose open sessions these are. @param id Null: all who have one */
  usersOf(id: string | null): Promise<readonly string[]>;
  end(ids: readonly string[]): Promise<void>;
  /** Ends one of these users', or all of theirs but `except` when `id` is null; answers those that were open. */
  endOfUsers(userIds: readonly string[], id: string | null, except: string | null): Promise<readonly StoredSession[]>;
}

export interface SessionRegistryOptions {
  readonly store: SessionStore;
  readonly revoked: RevokedSessions;
  /** What a user's roles hold, in every environment. */
  readonly heldBy: (userId: string) => Promise<readonly Grant[]>;
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
  /** @throws SJ_NOT_FOUND when there is no such open session, SJ_FORBIDDEN when it is of somebody who holds more */
  revoke(actor: Identity, id: string): Promise<StoredSession>;
  /** Ends all sessions but the actor's, and those of whoever holds more. */
  revokeOthers(actor: Identity): Promise<readonly StoredSession[]>;
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

export function createSessionRegistry({ store, revoked, heldBy, clock, onStoreError }: SessionRegistryOptions): SessionRegistry {
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
    if (over.length > 0) await store.end(over);
    for (const id of over) ended.delete(id);
    for (const [id, atMs] of writtenAtMs) if (clock.now() - atMs > SEEN_EVERY_MS) writtenAtMs.delete(id);
  }

  const flush = () => write().catch(onStoreError);

  async function endOf(userIds: readonly string[], id: string | null, except: string | null): Promise<readonly StoredSession[]> {
    const over = await store.endOfUsers(userIds, id, except);
    await Promise.all(over.map((session) => revoked.revoke({ sessionId: session.id, expiresAtMs: session.expiresAtMs })));
    return over;
  }

  async function endOne(userId: string | undefined, id: string): Promise<StoredSession> {
    const [session] = userId === undefined ? [] : await endOf([userId], id, null);
    if (session) return session;
    throw new SupastorError('SJ_NOT_FOUND', 'There is no such session; it may have ended already.');
  }

  /** What an actor has to hold to end a user's sessions. The own ones need nothing, unless a key asks. */
  async function neededFor(actor: Identity, userId: string): Promise<readonly Grant[]> {
    return actor.userId === userId && actor.apiKeyId === undefined ? [] : heldBy(userId);
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
    async revoke(actor, id) {
      await write();
      const [userId] = await store.usersOf(id);
      if (userId !== undefined) refuseStronger(actor, await neededFor(actor, userId));
      return endOne(userId, id);
    },
    async revokeOthers(actor) {
      await write();
      const users = await store.usersOf(null);
      const needed = await Promise.all(users.map(async (userId) => ({ userId, grants: await neededFor(actor, userId) })));
      const within = needed.filter(({ grants }) => !isStronger(actor, grants)).map(({ userId }) => userId);
      return endOf(within, null, actor.sessionId);
    },
    async revokeOwn(userId, id) {
      await write();
      return endOne(userId, id);
    },
    async revokeOfUser(userId, except) {
      await write();
      return endOf([userId], null, except);
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

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** Sessions of this process only, for a server without a database. */
export function createMemorySessionStore(clock: Clock): SessionStore {
  const sessions = new Map<string, StoredSession>();
  const open = () => [...sessions.values()].filter(({ expiresAtMs }) => expiresAtMs > clock.now());
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
    usersOf: async (id) => [
      ...new Set(
        open()
          .filter((session) => id === null || session.id === id)
          .map(({ userId }) => userId),
      ),
    ],
    async end(ids) {
      for (const id of ids) sessions.delete(id);
    },
    async endOfUsers(userIds, id, except) {
      const over = open().filter(
        (session) => userIds.includes(session.userId) && session.id !== except && (id === null || session.id === id),
      );
      for (const session of over) sessions.delete(session.id);
      return over;
    },
  };
}
