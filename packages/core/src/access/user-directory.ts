import { SupastorError } from '@supastor/contract/errors';
import type { Clock, IdSource } from '../operations/ports.ts';
import { type Grant, inEnvironment } from './grant.ts';
import { BREAK_GLASS_ID, type StoredUser, type UserStore } from './user.port.ts';

/** The permissions that a role of every installation holds; `self` is what everybody holds about themselves. */
export type PermissionsOf = (role: string) => readonly string[];

export interface UserDirectoryOptions {
  /** Null: there is no database, so the configured administrator is the only user. */
  readonly store: Pick<UserStore, 'find' | 'ensureBreakGlass'> | null;
  readonly breakGlassEmail: string;
  readonly environment: string;
  readonly permissionsOf: PermissionsOf;
  /** How long a grant holds that `grantedBy` gave, from when it was given or confirmed; infinite for what people gave. */
  readonly grantMaxAgeMs: (grantedBy: string) => number;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** A user who is let in, and what they hold here. */
export interface KnownUser {
  readonly user: StoredUser;
  readonly grants: readonly Grant[];
}

/** Who users are and what they hold, for every request. */
export interface UserDirectory {
  /** Null when there is no such user, or they are not let in. */
  lookUp(id: string): Promise<KnownUser | null>;
  /** The same for somebody who is signed in: without the roles that a provider has not confirmed in time. */
  lookUpSignedIn(id: string): Promise<KnownUser | null>;
  /** What a user's roles hold, in every environment, let in or not. */
  grantsOf(user: StoredUser): readonly Grant[];
  /** The same of the user with an id; nothing when there is none. */
  heldBy(id: string): Promise<readonly Grant[]>;
  /** Looks everybody up again; another process has changed one. */
  forget(): void;
  /** Makes the configured administrator a user, once. @throws SJ_DATABASE_UNREACHABLE */
  ensureBreakGlass(): Promise<void>;
}

/** A user is looked up again after this time, so that changes hold everywhere within it. */
const FRESH_MS = 500;
/** While the database is out of reach, who was let in goes on for this long: nobody can have changed it there. */
const STALE_MS = 300_000;
const MAX_CACHED = 1000;

export function createUserDirectory(options: UserDirectoryOptions): UserDirectory {
  const { store, environment, permissionsOf, clock } = options;
  const email = options.breakGlassEmail.toLowerCase();
  const cache = new Map<string, { readonly user: StoredUser | null; readonly atMs: number }>();
  let ensured = store === null;
  /** What was read before the last change may be from before it. */
  let changes = 0;

  function forget(): void {
    changes += 1;
    cache.clear();
  }

  async function read(id: string): Promise<StoredUser | null> {
    const cached = cache.get(id);
    const ageMs = cached ? clock.now() - cached.atMs : Number.POSITIVE_INFINITY;
    if (cached && ageMs < FRESH_MS) return cached.user;
    if (!store) return id === BREAK_GLASS_ID ? configured(email) : null;
    const seen = changes;
    // Looked for before they were made, they are not found; that they have been made since does not mean that they are gone.
    const wasEnsured = ensured;
    try {
      const user = (await store.find(id)) ?? (id === BREAK_GLASS_ID && !wasEnsured ? configured(email) : null);
      cache.delete(id);
      if (seen === changes) cache.set(id, { user, atMs: clock.now() });
      for (const oldest of cache.keys()) if (cache.size > MAX_CACHED) cache.delete(oldest);
      return user;
    } catch (error) {
      const away = isUnreachable(error) && id === BREAK_GLASS_ID;
      // Codes cannot be checked then; the session is refused once they can be again.
      if (cached && ageMs < STALE_MS) return away && cached.user ? { ...cached.user, secondFactor: false } : cached.user;
      if (away) return configured(email);
      throw error;
    }
  }

  function grantsOf(user: StoredUser): readonly Grant[] {
    return user.grants.map(({ role, scope, customPermissions }) => ({
      role,
      permissions: new Set(customPermissions ?? permissionsOf(role)),
      scope,
    }));
  }

  /** What counts here, and what everybody holds about themselves. */
  const heldHere = (user: StoredUser): readonly Grant[] => [
    ...inEnvironment(grantsOf(user), environment),
    { role: 'self', permissions: new Set(permissionsOf('self')), scope: {} },
  ];

  async function active(id: string): Promise<StoredUser | null> {
    const user = await read(id);
    return user?.state === 'active' ? user : null;
  }

  const isFresh = ({ grantedBy, grantedAtMs }: StoredUser['grants'][number]) =>
    grantedAtMs + options.grantMaxAgeMs(grantedBy) > clock.now();

  return {
    grantsOf,
    async heldBy(id) {
      const user = await read(id);
      return user ? grantsOf(user) : [];
    },
    async lookUp(id) {
      const user = await active(id);
      return user ? { user, grants: heldHere(user) } : null;
    },
    async lookUpSignedIn(id) {
      const stored = await active(id);
      const user = stored && { ...stored, grants: stored.grants.filter(isFresh) };
      return user && { user, grants: heldHere(user) };
    },
    forget,
    async ensureBreakGlass() {
      if (ensured || !store) return;
      await store.ensureBreakGlass(email, options.ids.next());
      ensured = true;
      forget();
    },
  };
}

/** The administrator of the configuration, as long as the database cannot say more. */
function configured(email: string): StoredUser {
  const owner = { id: 'configured', role: 'owner', scope: {}, grantedBy: 'configuration', grantedAtMs: 0, customPermissions: null };
  const rest = { secondFactor: false, createdAtMs: 0, lastLoginAtMs: null, grants: [owner] };
  return { id: BREAK_GLASS_ID, email, name: '', state: 'active', breakGlass: true, createdBy: 'configuration', ...rest };
}

function isUnreachable(error: unknown): boolean {
  return error instanceof SupastorError && error.code === 'SJ_DATABASE_UNREACHABLE';
}
