import { isIP } from 'node:net';
import type { PasskeyVerifier, StoredPasskey } from '@supastor/core/access/passkey.port';

export interface PasskeySite {
  /** Where people reach the dashboard. */
  readonly url: string;
  /** What the device shows. */
  readonly name: string;
}

const load = () => import('@simplewebauthn/server');
const TIMEOUT_MS = 300_000;
const TRANSPORTS = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'] as const;

/** Passkeys of the site at `url` (WebAuthn level 3): discoverable, with user verification, from any authenticator. */
export function createPasskeyVerifier({ url, name }: PasskeySite): PasskeyVerifier {
  const { hostname: rpID, origin, protocol } = new URL(url);
  const expected = { expectedOrigin: origin, expectedRPID: rpID, requireUserVerification: true };
  return {
    available: isIP(rpID.replace(/^\[|\]$/g, '')) === 0 && (protocol === 'https:' || rpID === 'localhost' || rpID.endsWith('.localhost')),
    async creationOptions(user, known) {
      const { generateRegistrationOptions } = await load();
      const options = await generateRegistrationOptions({
        rpName: name,
        rpID,
        userID: new TextEncoder().encode(user.id),
        userName: user.email,
        userDisplayName: user.name || user.email,
        timeout: TIMEOUT_MS,
        attestationType: 'none',
        excludeCredentials: known.map(({ id, transports }) => ({ id, transports: knownTransports(transports) })),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      });
      return { options: { ...options }, challenge: options.challenge };
    },
    async requestOptions() {
      const { generateAuthenticationOptions } = await load();
      const options = await generateAuthenticationOptions({ rpID, timeout: TIMEOUT_MS, userVerification: 'required' });
      return { options: { ...options }, challenge: options.challenge };
    },
    async verifyCreation({ response, ...credential }, expectedChallenge) {
      const { verifyRegistrationResponse } = await load();
      const { transports = [], ...signed } = response;
      const result = await verifyRegistrationResponse({
        ...expected,
        expectedChallenge,
        response: { ...credential, response: signed, clientExtensionResults: {} },
      }).catch(() => null);
      if (result?.verified !== true) return null;
      const { credential: made, credentialBackedUp } = result.registrationInfo;
      const publicKey = Buffer.from(made.publicKey).toString('base64url');
      return { id: made.id, publicKey, counter: made.counter, transports: knownTransports(transports), synced: credentialBackedUp };
    },
    async verifyRequest({ response: { userHandle, ...signed }, ...credential }, expectedChallenge, passkey) {
      const { verifyAuthenticationResponse } = await load();
      const response = { ...signed, ...(userHandle !== undefined && { userHandle }) };
      const result = await verifyAuthenticationResponse({
        ...expected,
        expectedChallenge,
        response: { ...credential, response, clientExtensionResults: {} },
        credential: toCredential(passkey),
      }).catch(() => null);
      return result?.verified === true ? result.authenticationInfo.newCounter : null;
    },
  };
}

function toCredential({ id, publicKey, counter, transports }: StoredPasskey) {
  return { id, publicKey: new Uint8Array(Buffer.from(publicKey, 'base64url')), counter, transports: knownTransports(transports) };
}

function knownTransports(transports: readonly string[]) {
  return TRANSPORTS.filter((transport) => transports.includes(transport));
}
