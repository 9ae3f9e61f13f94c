import { hash, randomBytes } from 'node:crypto';
import { SupastorError } from '@supastor/contract/errors';
import type { MailSender } from '../mail/mail.port.ts';
import type { Clock } from '../operations/ports.ts';
import type { PasswordPolicy } from './password-policy.ts';
import type { LinkStore, PasswordHasher, StoredLink, StoredUser, UserStore } from './user.port.ts';

export interface AccountLinksOptions {
  readonly links: LinkStore;
  readonly users: Pick<UserStore, 'find'>;
  readonly hasher: PasswordHasher;
  readonly policy: PasswordPolicy;
  /** Null: links are only shown, not sent. */
  readonly mail: MailSender | null;
  /** Where people reach the dashboard, without a slash at the end. */
  readonly publicUrl: () => string;
  readonly project: string;
  readonly clock: Clock;
  readonly onMailError: (error: unknown) => void;
}

export interface MadeLink {
  readonly link: string;
  readonly expiresAtMs: number;
  readonly mailed: boolean;
}

/** Links with which people set a password: single use, of limited life, known here by their hash only. */
export interface AccountLinks {
  /** Makes a link, sends it when mail is configured, and ends earlier ones of this user. */
  create(user: StoredUser, createdBy: string): Promise<MadeLink>;
  /** @throws SJ_NOT_FOUND when it works no more */
  inspect(token: string): Promise<{ readonly link: StoredLink; readonly user: StoredUser }>;
  /** @throws SJ_NOT_FOUND, SJ_INPUT_INVALID when the password is refused; the link works on then */
  redeem(token: string, password: string): Promise<{ readonly link: StoredLink; readonly user: StoredUser }>;
}

const HOUR_MS = 3_600_000;
const LIFETIME_MS = { invitation: 72 * HOUR_MS, reset: 4 * HOUR_MS } as const;

export function createAccountLinks(options: AccountLinksOptions): AccountLinks {
  const { links, users, hasher, policy, mail, clock } = options;

  async function inspect(token: string): Promise<{ link: StoredLink; user: StoredUser }> {
    const link = await links.find(hashToken(token));
    const user = link && (await users.find(link.userId));
    if (!link || !user || user.state === 'disabled') throw worksNoMore();
    return { link, user };
  }

  return {
    inspect,
    async create(user, createdBy) {
      const token = randomBytes(32).toString('base64url');
      const kind = user.state === 'invited' ? ('invitation' as const) : ('reset' as const);
      const expiresAtMs = clock.now() + LIFETIME_MS[kind];
      await links.replace({ tokenHash: hashToken(token), userId: user.id, kind, createdBy, expiresAtMs });
      // The token is behind the hash, so it is in no request, log or referrer.
      const link = `${options.publicUrl()}/welcome#${token}`;
      const mailed = mail !== null && (await sent(mail, { user, kind, link, options }));
      return { link, expiresAtMs, mailed };
    },
    async redeem(token, password) {
      const { user } = await inspect(token);
      await policy(password, user);
      const link = await links.redeem(hashToken(token), await hasher.hash(password));
      if (!link) throw worksNoMore();
      return { link, user };
    },
  };
}

interface MailedLink {
  readonly user: StoredUser;
  readonly kind: StoredLink['kind'];
  readonly link: string;
  readonly options: AccountLinksOptions;
}

/** A link that cannot be sent is still shown to whoever made it. */
async function sent(mail: MailSender, { user, kind, link, options }: MailedLink): Promise<boolean> {
  const invited = kind === 'invitation';
  const subject = invited ? `You are invited to ${options.project}` : `New password for ${options.project}`;
  const what = invited
    ? 'You have been given access. Choose a password here:'
    : 'Somebody asked for a new password for you. Choose it here:';
  const end = `It works once, for ${LIFETIME_MS[kind] / HOUR_MS} hours. If you did not expect this, do nothing.`;
  try {
    await mail.send({ to: user.email, subject, text: `${what}\n\n${link}\n\n${end}\n` });
    return true;
  } catch (error) {
    options.onMailError(error);
    return false;
  }
}

function hashToken(token: string): string {
  return hash('sha256', token);
}

function worksNoMore(): SupastorError {
  return new SupastorError('SJ_NOT_FOUND', 'This link works no more: it was used, replaced or has expired.', {
    hint: 'Ask for a new one.',
  });
}
