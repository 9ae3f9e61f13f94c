import { SupastorError } from '@supastor/contract/errors';
import type { CommonPasswords, StoredUser } from './user.port.ts';

export interface PasswordPolicyOptions {
  readonly minLength: number;
  readonly isCommon: CommonPasswords;
}

/** @throws SJ_INPUT_INVALID saying what is wrong with the password */
export type PasswordPolicy = (password: string, user: Pick<StoredUser, 'email' | 'name'>) => Promise<void>;

/** Length and rarity; no rules about kinds of characters, which only make passwords predictable (NIST SP 800-63B). */
export function createPasswordPolicy({ minLength, isCommon }: PasswordPolicyOptions): PasswordPolicy {
  return async (password, { email, name }) => {
    const text = password.normalize('NFKC');
    if (Array.from(text).length < minLength) throw refused(`must have at least ${minLength} characters`);
    if (new Set(text).size < 4) throw refused('repeats the same few characters');
    const own = [email, email.split('@')[0] ?? '', name].filter((part) => part.length >= 4);
    const rest = own.reduce((left, part) => left.toLowerCase().replaceAll(part.toLowerCase(), ''), text);
    if (rest.length < text.length && rest.length < minLength / 2) throw refused('is hardly more than your name or e-mail address');
    if (await isCommon(text)) throw refused('is on a list of passwords that attackers try first');
  };
}

function refused(reason: string): SupastorError {
  return new SupastorError('SJ_INPUT_INVALID', `The password ${reason}.`, {
    hint: 'Several unrelated words, or what a password manager makes up.',
    meta: { errors: [{ path: 'password', message: reason }] },
  });
}
