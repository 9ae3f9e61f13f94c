import { SupastorError } from '@supastor/contract/errors';
import type { PasskeyAssertion, PasskeyAttestation } from '@supastor/contract/operations/passkeys';
import type { Account } from './account.ts';
import type { Identity } from './identity.ts';
import type { PasskeyStore, PasskeyVerifier, StoredPasskey } from './passkey.port.ts';
import type { Tickets } from './tickets.ts';
import type { StoredUser } from './user.port.ts';

export interface PasskeysOptions {
  readonly store: PasskeyStore;
  readonly verifier: () => PasskeyVerifier;
  readonly tickets: Tickets;
  readonly own: Account['own'];
  /** @throws SJ_INPUT_INVALID unless this is the password of the user, where they have one */
  readonly provePassword: (user: StoredUser, password: string | undefined) => Promise<void>;
}

interface Begun {
  readonly options: Record<string, unknown>;
  readonly ticket: string;
}

/** Keys in devices and password managers that sign in instead of a password. */
export interface Passkeys {
  available(): boolean;
  /** @throws SJ_CONFLICT where there are none */
  beginSignIn(): Promise<Begun>;
  /** The user whose passkey has answered; uses the ticket up. @throws SJ_UNAUTHENTICATED */
  signIn(ticket: string, credential: PasskeyAssertion): Promise<string>;
  list(identity: Identity): Promise<readonly StoredPasskey[]>;
  /** @throws SJ_CONFLICT where there are none, SJ_INPUT_INVALID on a wrong password */
  beginAdding(identity: Identity, password: string | undefined): Promise<Begun>;
  /** @throws SJ_INPUT_INVALID when it does not answer the ticket, SJ_CONFLICT when it is known */
  add(
    identity: Identity,
    wanted: { readonly ticket: string; readonly name: string; readonly credential: PasskeyAttestation },
  ): Promise<StoredPasskey>;
  /** @throws SJ_NOT_FOUND */
  rename(identity: Identity, id: string, name: string): Promise<StoredPasskey>;
  /** @throws SJ_NOT_FOUND */
  remove(identity: Identity, id: string): Promise<StoredPasskey>;
}

const SIGN_IN = 'passkey sign-in';
const ADDING = 'passkey adding';

export function createPasskeys({ store, verifier, tickets, own, provePassword }: PasskeysOptions): Passkeys {
  async function required(userId: string, id: string): Promise<StoredPasskey> {
    const found = await store.find(id);
    if (found?.userId === userId) return found;
    throw notFound();
  }

  function usable(): PasskeyVerifier {
    const ours = verifier();
    if (ours.available) return ours;
    throw new SupastorError('SJ_CONFLICT', 'Passkeys need a dashboard that is reached by name, over https or on localhost.', {
      hint: 'Set admin.publicUrl to the address that people use.',
    });
  }

  return {
    available: () => verifier().available,
    async beginSignIn() {
      const { options, challenge } = await usable().requestOptions();
      return { options, ticket: tickets.issue(SIGN_IN, { challenge }) };
    },
    async signIn(ticket, credential) {
      const { challenge } = tickets.read(SIGN_IN, ticket) ?? {};
      if (challenge === undefined) throw refused();
      const passkey = await store.find(credential.id);
      const counter = passkey && (await usable().verifyRequest(credential, challenge, passkey));
      if (passkey === null || counter === null) throw refused();
      // A synced copy does not count; one that does must have counted on.
      if (!(await tickets.use(ticket)) || !(await store.used(passkey.id, counter))) throw refused();
      return passkey.userId;
    },
    async list(identity) {
      return store.list((await own(identity)).id);
    },
    async beginAdding(identity, password) {
      const user = await own(identity);
      await provePassword(user, password);
      const { options, challenge } = await usable().creationOptions(user, await store.list(user.id));
      return { options, ticket: tickets.issue(ADDING, { challenge, userId: user.id }) };
    },
    async add(identity, { ticket, name, credential }) {
      const user = await own(identity);
      const { challenge, userId } = tickets.read(ADDING, ticket) ?? {};
      const made = challenge === undefined || userId !== user.id ? null : await usable().verifyCreation(credential, challenge);
      if (made === null || !(await tickets.use(ticket))) throw notOurs();
      if (!(await store.add({ ...made, userId: user.id, name }))) {
        throw new SupastorError('SJ_CONFLICT', 'This passkey is known already.');
      }
      return required(user.id, made.id);
    },
    async rename(identity, id, name) {
      const { id: userId } = await own(identity);
      if (!(await store.rename(userId, id, name))) throw notFound();
      return required(userId, id);
    },
    async remove(identity, id) {
      const { id: userId } = await own(identity);
      const passkey = await required(userId, id);
      if (!(await store.remove(userId, id))) throw notFound();
      return passkey;
    },
  };
}

function notFound(): SupastorError {
  return new SupastorError('SJ_NOT_FOUND', 'You have no such passkey.');
}

/** The same for everything, so that nothing is told about whose passkeys there are. */
function refused(): SupastorError {
  return new SupastorError('SJ_UNAUTHENTICATED', 'The passkey was not accepted.', {
    hint: 'Try again, or sign in with your password.',
  });
}

function notOurs(): SupastorError {
  return new SupastorError('SJ_INPUT_INVALID', 'The passkey does not answer what was asked, or came too late.', {
    hint: 'Begin again.',
    meta: { errors: [{ path: 'credential', message: 'was not accepted' }] },
  });
}
