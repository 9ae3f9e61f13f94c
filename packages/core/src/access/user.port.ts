import type { Scope } from '@supastor/contract/access/scope';
import type { User } from '@supastor/contract/operations/users';

/** Id of the administrator whom the configuration names. */
export const BREAK_GLASS_ID = 'break-glass';

export interface StoredGrant {
  readonly id: string;
  readonly role: string;
  readonly scope: Scope;
  readonly grantedBy: string;
  readonly grantedAtMs: number;
  /** Of a role that this installation has made; null for a built-in one. */
  readonly customPermissions: readonly string[] | null;
}

/** A user as kept; times in milliseconds since the epoch. */
export interface StoredUser {
  readonly id: string;
  /** Lower-case. */
  readonly email: string;
  readonly name: string;
  readonly state: User['state'];
  readonly breakGlass: boolean;
  /** Whether signing in with the password takes a code as well. */
  readonly secondFactor: boolean;
  readonly createdBy: string;
  readonly createdAtMs: number;
  readonly lastLoginAtMs: number | null;
  readonly grants: readonly StoredGrant[];
}

export type NewUser = Pick<StoredUser, 'id' | 'email' | 'name' | 'state' | 'breakGlass' | 'createdBy'>;
export type NewGrant = Omit<StoredGrant, 'customPermissions' | 'grantedAtMs'>;

/** `last-owner`: nothing was changed, because nobody would be left who may do everything. */
export type GuardedChange = 'done' | 'missing' | 'last-owner';

export interface UserQuery {
  readonly search?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** Where users and their grants are kept. Every change is announced to the other servers. */
export interface UserStore {
  find(id: string): Promise<StoredUser | null>;
  findByEmail(email: string): Promise<StoredUser | null>;
  list(query: UserQuery): Promise<readonly StoredUser[]>;
  /** False when the e-mail address is taken. */
  add(user: NewUser, grants: readonly NewGrant[]): Promise<boolean>;
  /** Makes the configured administrator an owner, or gives that user the address of today's configuration. */
  ensureBreakGlass(email: string, grantId: string): Promise<void>;
  rename(id: string, name: string): Promise<void>;
  setState(id: string, state: User['state']): Promise<GuardedChange>;
  remove(id: string): Promise<GuardedChange>;
  /** False when the user has just this grant already, or there is no such user. */
  addGrant(userId: string, grant: NewGrant): Promise<boolean>;
  removeGrant(userId: string, grantId: string): Promise<GuardedChange>;
  /** The hash of a user's password; null without user or password. */
  passwordHash(email: string): Promise<string | null>;
  /** Whoever was invited is active then. */
  setPassword(id: string, hash: string): Promise<void>;
  noteLogin(id: string): Promise<void>;
}

/** A link to set a password with; of its secret only the hash. */
export interface StoredLink {
  readonly tokenHash: string;
  readonly userId: string;
  readonly kind: 'invitation' | 'reset';
  readonly createdBy: string;
  readonly expiresAtMs: number;
}

export interface LinkStore {
  /** Adds a link; earlier ones of the user work no more. */
  replace(link: StoredLink): Promise<void>;
  /** Null when it was used, has expired or never was. */
  find(tokenHash: string): Promise<StoredLink | null>;
  /** Uses the link up and sets the password, both or neither; null when the link works no more. */
  redeem(tokenHash: string, passwordHash: string): Promise<StoredLink | null>;
}

export interface StoredRole {
  readonly name: string;
  readonly description: string;
  readonly permissions: readonly string[];
}

export interface RoleStore {
  list(): Promise<readonly StoredRole[]>;
  find(name: string): Promise<StoredRole | null>;
  /** False when the name is taken. */
  add(role: StoredRole, createdBy: string): Promise<boolean>;
  /** False when there is none. */
  update(role: StoredRole): Promise<boolean>;
  remove(name: string): Promise<'done' | 'missing' | 'in-use'>;
}

/** Slow hashes of passwords. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /** Takes as long without a hash as with one. `outdated`: made with other parameters than today's. */
  verify(hash: string | null, password: string): Promise<{ readonly matches: boolean; readonly outdated: boolean }>;
}

/** Whether a password is on a list of those that attackers try first. */
export type CommonPasswords = (password: string) => Promise<boolean>;
