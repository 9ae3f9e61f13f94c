import { hash, randomBytes } from 'node:crypto';
import { SupastorError } from '@supastor/contract/errors';
import type { TextSeal } from '../secrets/text-seal.ts';
import type { Account } from './account.ts';
import { refuseStronger } from './delegation.ts';
import type { Identity } from './identity.ts';
import type { PasskeyStore } from './passkey.port.ts';
import type { SecondFactorStore, TimedCodes } from './second-factor.port.ts';
import type { CredentialCheck } from './session.port.ts';
import type { UserDirectory } from './user-directory.ts';
import type { PasswordHasher, StoredUser, UserStore } from './user.port.ts';

export interface SecondFactorsOptions {
  readonly store: SecondFactorStore;
  readonly passkeys: Pick<PasskeyStore, 'removeAll'>;
  readonly codes: TimedCodes;
  readonly seal: TextSeal;
  readonly own: Account['own'];
  readonly users: Pick<UserStore, 'find' | 'passwordHash'>;
  readonly hasher: PasswordHasher;
  /** Whether this is the password of the configuration. */
  readonly isConfigured: CredentialCheck;
  readonly directory: Pick<UserDirectory, 'grantsOf' | 'forget'>;
  /** Whether the roles of a user ask for a second factor. */
  readonly isRequired: (user: StoredUser) => boolean;
}

export interface FactorState {
  readonly confirmedAtMs: number | null;
  readonly codesLeft: number;
  readonly required: boolean;
}

/** What shows that the user is there, not just their browser. */
interface Proof {
  readonly password?: string | undefined;
  readonly code?: string | undefined;
}

/** Authenticator codes and recovery codes. Everything but `check` throws SJ_FORBIDDEN for an API key. */
export interface SecondFactors {
  state(identity: Identity): Promise<FactorState>;
  /** Lets through who has no password, or knows it. @throws SJ_INPUT_INVALID */
  provePassword(user: StoredUser, password: string | undefined): Promise<void>;
  /** @throws SJ_INPUT_INVALID on a wrong password, SJ_CONFLICT when there is a second factor already */
  begin(identity: Identity, password: string | undefined): Promise<{ readonly secret: string; readonly uri: string }>;
  /** Answers the recovery codes. @throws SJ_INPUT_INVALID on a wrong code, SJ_CONFLICT when nothing was begun */
  confirm(identity: Identity, code: string): Promise<readonly string[]>;
  /** Whether this is a code, or a recovery code, that was not used before; it is now. */
  check(userId: string, code: string): Promise<boolean>;
  /** @throws SJ_INPUT_INVALID, SJ_CONFLICT when there is no second factor */
  renewCodes(identity: Identity, proof: Proof): Promise<readonly string[]>;
  /** @throws SJ_INPUT_INVALID, SJ_CONFLICT when there is no second factor */
  disable(identity: Identity, proof: Proof): Promise<void>;
  /** @throws SJ_NOT_FOUND, SJ_CONFLICT for oneself or without a second factor, SJ_FORBIDDEN for a stronger user */
  reset(actor: Identity, id: string): Promise<StoredUser>;
}

const RECOVERY_CODES = 10;
const TIMED_CODE = /^\d{6}$/;

export function createSecondFactors(options: SecondFactorsOptions): SecondFactors {
  const { store, codes, seal, own, users, hasher, directory } = options;

  async function isPassword(user: StoredUser, password: string): Promise<boolean> {
    if (user.breakGlass) return options.isConfigured(user.email, password);
    return (await hasher.verify(await users.passwordHash(user.email), password)).matches;
  }

  async function check(userId: string, code: string): Promise<boolean> {
    const compact = code.replaceAll(/[\s-]/g, '').toLowerCase();
    if (!TIMED_CODE.test(compact)) return store.useCode(userId, hash('sha256', compact));
    const factor = await store.find(userId);
    if (!factor || factor.confirmedAtMs === null) return false;
    const step = await codes.stepOf(seal.open(factor.secretSealed, userId), compact);
    return step !== null && store.useStep(userId, step);
  }

  async function provePassword(user: StoredUser, password: string | undefined): Promise<void> {
    const hasPassword = user.breakGlass || (await users.passwordHash(user.email)) !== null;
    if (hasPassword && password === undefined) throw missing('password', 'Send the password as well.');
    if (hasPassword && !(await isPassword(user, password ?? ''))) throw wrong('password');
  }

  async function prove(user: StoredUser, { password, code }: Proof): Promise<void> {
    if (password !== undefined && (await isPassword(user, password))) return;
    if (password === undefined && code !== undefined && (await check(user.id, code))) return;
    if (password !== undefined) throw wrong('password');
    throw code === undefined ? missing('password', 'Send the password or a code.') : wrong('code');
  }

  return {
    check,
    provePassword,
    async state(identity) {
      const user = await own(identity);
      const factor = await store.find(user.id);
      const on = factor !== null && factor.confirmedAtMs !== null;
      return {
        confirmedAtMs: factor?.confirmedAtMs ?? null,
        codesLeft: on ? factor.codesLeft : 0,
        required: options.isRequired(user),
      };
    },
    async begin(identity, password) {
      const user = await own(identity);
      // Else whoever finds an open browser could lock its owner out.
      await provePassword(user, password);
      const secret = await codes.newSecret();
      if (!(await store.begin(user.id, seal.close(secret, user.id)))) {
        throw new SupastorError('SJ_CONFLICT', 'There is a second factor already.', { hint: 'Turn it off first, then set up another.' });
      }
      return { secret, uri: await codes.uri(secret, user.email) };
    },
    async confirm(identity, code) {
      const user = await own(identity);
      const factor = await store.find(user.id);
      if (!factor || factor.confirmedAtMs !== null) throw nothingBegun();
      const { secretSealed } = factor;
      const compact = code.replaceAll(/\s/g, '');
      const step = TIMED_CODE.test(compact) ? await codes.stepOf(seal.open(secretSealed, user.id), compact) : null;
      if (step === null) throw wrong('code');
      const made = newRecoveryCodes();
      if (!(await store.confirm(user.id, { secretSealed, step, codeHashes: made.map(hashOf) }))) throw nothingBegun();
      directory.forget();
      return made;
    },
    async renewCodes(identity, proof) {
      const user = await own(identity);
      if (!user.secondFactor) throw none();
      await prove(user, proof);
      const made = newRecoveryCodes();
      if (!(await store.replaceCodes(user.id, made.map(hashOf)))) throw none();
      return made;
    },
    async disable(identity, proof) {
      const user = await own(identity);
      if (!user.secondFactor) throw none();
      await prove(user, proof);
      if (!(await store.remove(user.id))) throw none();
      directory.forget();
    },
    async reset(actor, id) {
      const user = await users.find(id);
      if (!user) throw new SupastorError('SJ_NOT_FOUND', 'There is no such user or grant.');
      refuseStronger(actor, directory.grantsOf(user));
      if (id === actor.userId) {
        throw new SupastorError('SJ_CONFLICT', 'This is your own second factor.', {
          hint: 'Turn it off with your password or a code: POST /api/v1/account/second-factor/disable.',
        });
      }
      // Whoever lost the one may have lost the other with it.
      const [removed, keys] = [await store.remove(id), await options.passkeys.removeAll(id)];
      if (!removed && keys === 0) throw none();
      directory.forget();
      return { ...user, secondFactor: false };
    },
  };
}

/** 80 random bits each, in letters and digits that are not mistaken for others. */
function newRecoveryCodes(): readonly string[] {
  const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
  return Array.from({ length: RECOVERY_CODES }, () => {
    const text = Array.from(randomBytes(16), (byte) => alphabet[byte % 32]).join('');
    return text.replaceAll(/(.{4})(?=.)/g, '$1-');
  });
}

function hashOf(code: string): string {
  return hash('sha256', code.replaceAll('-', ''));
}

function wrong(field: 'password' | 'code'): SupastorError {
  const text = field === 'code' ? 'The code is wrong, or was used before.' : 'The password is wrong.';
  const hint = field === 'code' ? 'Wait for the next code; check that the clock of the device is right.' : undefined;
  return new SupastorError('SJ_INPUT_INVALID', text, {
    ...(hint !== undefined && { hint }),
    meta: { errors: [{ path: field, message: 'is wrong' }] },
  });
}

function missing(field: string, hint: string): SupastorError {
  return new SupastorError('SJ_INPUT_INVALID', 'This needs a proof that it is you.', {
    hint,
    meta: { errors: [{ path: field, message: 'is missing' }] },
  });
}

function nothingBegun(): SupastorError {
  return new SupastorError('SJ_CONFLICT', 'No second factor waits for a code.', { hint: 'Begin with POST /api/v1/account/second-factor.' });
}

function none(): SupastorError {
  return new SupastorError('SJ_CONFLICT', 'There is no second factor.');
}
