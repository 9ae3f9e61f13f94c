import type { Passkey } from '@supastor/contract/operations/passkeys';
import type { OutputOf } from '@supastor/contract/operations/all';
import type { PublicKeyCredentialCreationOptionsJSON, PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/browser';
import type { Messages } from '../messages/messages.ts';
import { ApiError } from './api-error.ts';
import { call } from './call.ts';
import { operations } from './operations.ts';

type Words = Messages['account']['problems'];

/** Loaded when the first passkey is asked for. */
const load = () => import('@simplewebauthn/browser');

/** Makes a passkey with the device at hand and keeps its public half on the server. @throws ApiError */
export async function createPasskey(t: Words, name: string, password: string): Promise<Passkey> {
  const { options, ticket } = await call(operations.accountPasskeyOptions, { password });
  const { startRegistration } = await load();
  const optionsJSON: PublicKeyCredentialCreationOptionsJSON = asOptions(options);
  const { id, rawId, type, response } = await startRegistration({ optionsJSON }).catch((error: unknown) => explain(error, t));
  const { clientDataJSON, attestationObject, transports } = response;
  const credential = { id, rawId, type, response: { clientDataJSON, attestationObject, ...(transports && { transports }) } };
  return call(operations.accountAddPasskey, { ticket, name, credential });
}

/** Signs in with a passkey that the user picks. @throws ApiError */
export async function signInWithPasskey(t: Words): Promise<OutputOf<'session.passkey'>> {
  const { options, ticket } = await call(operations.sessionPasskeyOptions, {});
  const { startAuthentication } = await load();
  const optionsJSON: PublicKeyCredentialRequestOptionsJSON = asOptions(options);
  const { id, rawId, type, response } = await startAuthentication({ optionsJSON }).catch((error: unknown) => explain(error, t));
  const { clientDataJSON, authenticatorData, signature, userHandle } = response;
  const signed = { clientDataJSON, authenticatorData, signature, ...(userHandle !== undefined && { userHandle }) };
  return call(operations.sessionPasskey, { ticket, credential: { id, rawId, type, response: signed } });
}

/** What the server made for the browser is handed on as it is; the browser says what is wrong with it. */
// oxlint-disable-next-line typescript/no-explicit-any -- the contract leaves the shape to WebAuthn
function asOptions(options: Record<string, unknown>): any {
  return options;
}

function explain(error: unknown, t: Words): never {
  const name = error instanceof Error ? error.name : '';
  if (name === 'InvalidStateError') {
    throw new ApiError({ status: 0, code: 'PASSKEY', message: t.exists });
  }
  throw new ApiError({
    status: 0,
    code: 'PASSKEY',
    message: name === 'NotAllowedError' ? t.cancelled : t.failed,
    hint: name === 'NotAllowedError' ? t.cancelledHint : t.failedHint,
  });
}
