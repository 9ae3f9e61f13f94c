import { SupastorError } from '@supastor/contract/errors';
import type { AccountLinks } from './account-links.ts';
import { callingUser, type Identity } from './identity.ts';
import type { PasswordPolicy } from './password-policy.ts';
import { passwordIsConfigured } from './user-admin.ts';
import type { PasswordHasher, StoredUser, UserStore } from './user.port.ts';

export interface AccountOptions {
  readonly users: UserStore;
  readonly hasher: PasswordHasher;
  readonly policy: PasswordPolicy;
  readonly links: AccountLinks;
  /** Whether links can be mailed at all. */
  readonly canMail: boolean;
}

/** What people do about their own account. */
export interface Account {
  readonly links: Pick<AccountLinks, 'inspect' | 'redeem'>;
  /** The user behind an identity. @throws SJ_FORBIDDEN for an API key */
  own(identity: Identity): Promise<StoredUser>;
  /** @throws SJ_INPUT_INVALID when the current password is wrong or the new one is refused, SJ_CONFLICT */
  changePassword(identity: Identity, current: string, wanted: string): Promise<void>;
  /** Mails a reset link when there is somebody to mail it to. Never tells whether there was. */
  forgotPassword(email: string): Promise<void>;
}

export function createAccount({ users, hasher, policy, links, canMail }: AccountOptions): Account {
  async function own(identity: Identity): Promise<StoredUser> {
    const userId = callingUser(identity);
    const user = userId === null ? null : await users.find(userId);
    if (user) return user;
    throw new SupastorError('SJ_FORBIDDEN', 'An API key has no account of its own.', { hint: 'Sign in as a user.' });
  }

  return {
    links,
    own,
    async changePassword(identity, current, wanted) {
      const user = await own(identity);
      if (user.breakGlass) throw passwordIsConfigured();
      const { matches } = await hasher.verify(await users.passwordHash(user.email), current);
      if (!matches) {
        throw new SupastorError('SJ_INPUT_INVALID', 'The current password is wrong.', {
          meta: { errors: [{ path: 'currentPassword', message: 'is wrong' }] },
        });
      }
      await policy(wanted, user);
      await users.setPassword(user.id, await hasher.hash(wanted));
    },
    async forgotPassword(email) {
      if (!canMail) return;
      const user = await users.findByEmail(email.toLowerCase());
      if (user?.state === 'active' && !user.breakGlass) await links.create(user, user.email);
    },
  };
}
