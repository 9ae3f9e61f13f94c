import { z } from 'zod';
import { defineOperation } from './define.ts';
import { sensitive } from './sensitive.ts';
import { signedInSchema } from './session.ts';
import { plainText } from './text.ts';
import { named } from './type-names.ts';

const encoded = (max: number) =>
  z
    .string()
    .regex(/^[\w-]+$/, 'expected base64url')
    .max(max);
/** An id that an authenticator has made up. */
const credentialId = encoded(1400).describe('Id of the passkey, base64url');
/** What the server must see again to finish; sealed, works once, for five minutes. */
const ticket = sensitive(
  z.string().min(1).max(8192).describe('The ticket that the step before answered with; works once, for five minutes'),
);

export const passkeySchema = named(
  'Passkey',
  z.object({
    id: z.string(),
    name: z.string(),
    /** Whether it is in a password manager that copies it to other devices. */
    synced: z.boolean(),
    /** ISO 8601. */
    createdAt: z.string(),
    lastUsedAt: z.string().nullable(),
  }),
);
export type Passkey = z.infer<typeof passkeySchema>;

/** What browsers answer, in the JSON form of WebAuthn level 3; what is not needed is left out. */
const assertion = z.object({
  id: credentialId,
  rawId: credentialId.describe('Id of the passkey as bytes, base64url'),
  type: z.literal('public-key').describe('Always public-key'),
  response: z
    .object({
      clientDataJSON: encoded(4096).describe('Client data of the ceremony, base64url'),
      authenticatorData: encoded(8192).describe('Authenticator data, base64url'),
      signature: encoded(8192).describe('Signature of the authenticator, base64url'),
      userHandle: encoded(128).optional().describe('Id of the user that the authenticator keeps, base64url'),
    })
    .describe('What the authenticator answered, as WebAuthn has it'),
});
const attestation = z.object({
  id: credentialId,
  rawId: credentialId.describe('Id of the passkey as bytes, base64url'),
  type: z.literal('public-key').describe('Always public-key'),
  response: z
    .object({
      clientDataJSON: encoded(4096).describe('Client data of the ceremony, base64url'),
      attestationObject: encoded(65_536).describe('Attestation object, base64url'),
      transports: z.array(z.string().max(32)).max(16).optional().describe('Ways to reach the authenticator, such as usb or internal'),
    })
    .describe('What the authenticator answered, as WebAuthn has it'),
});
export type PasskeyAssertion = z.infer<typeof assertion>;
export type PasskeyAttestation = z.infer<typeof attestation>;

/** Of WebAuthn, as `navigator.credentials` takes it. */
const ceremony = z.object({ options: z.record(z.string(), z.unknown()), ticket });

export const sessionMethods = defineOperation({
  name: 'session.methods',
  summary: 'The ways to sign in besides e-mail and password',
  input: z.strictObject({}),
  output: z.object({
    /** They need a dashboard that is reached by name. */
    passkeys: z.boolean(),
    /** Of single sign-on. */
    providers: z.array(z.object({ id: z.string(), name: z.string() })),
  }),
  permission: null,
  effect: 'read',
  rest: { method: 'GET', path: '/session/methods' },
});

export const sessionPasskeyOptions = defineOperation({
  name: 'session.passkeyOptions',
  rate: 'signIn',
  summary: 'What the browser needs to sign in with a passkey',
  input: z.strictObject({}),
  output: ceremony,
  permission: null,
  effect: 'read',
  rest: { method: 'POST', path: '/session/passkey/options' },
});

export const sessionPasskey = defineOperation({
  name: 'session.passkey',
  rate: 'signIn',
  summary: 'Sign in with a passkey; sets the session cookie and returns a bearer token',
  input: z.strictObject({ ticket, credential: sensitive(assertion.describe('Credential as the browser answers it')) }),
  output: signedInSchema,
  permission: null,
  effect: 'write',
  audit: 'deferrable',
  signsIn: true,
  rest: { method: 'POST', path: '/session/passkey' },
});

export const accountPasskeys = defineOperation({
  name: 'account.passkeys',
  summary: 'The own passkeys',
  input: z.strictObject({}),
  output: z.object({ passkeys: z.array(passkeySchema) }),
  permission: 'account:secure',
  scope: () => null,
  effect: 'read',
  rest: { method: 'GET', path: '/account/passkeys' },
});

export const accountPasskeyOptions = defineOperation({
  name: 'account.passkeyOptions',
  summary: 'What the browser needs to make a passkey',
  input: z.strictObject({
    password: sensitive(z.string().min(1).max(1024).describe('Password of the account; asked for when it has one')).optional(),
  }),
  output: ceremony,
  permission: 'account:write',
  scope: () => null,
  effect: 'write',
  rest: { method: 'POST', path: '/account/passkeys/options' },
});

export const accountAddPasskey = defineOperation({
  name: 'account.addPasskey',
  summary: 'Keep a passkey that the browser has made',
  input: z.strictObject({
    ticket,
    name: plainText(100).describe('Name to recognise the passkey by'),
    credential: sensitive(attestation.describe('Credential as the browser answers it')),
  }),
  output: passkeySchema,
  permission: 'account:write',
  scope: () => null,
  effect: 'write',
  rest: { method: 'POST', path: '/account/passkeys' },
});

export const accountRenamePasskey = defineOperation({
  name: 'account.renamePasskey',
  summary: 'Give an own passkey another name',
  input: z.strictObject({ id: credentialId, name: plainText(100).describe('Name to recognise the passkey by') }),
  output: passkeySchema,
  permission: 'account:write',
  scope: () => null,
  effect: 'write',
  rest: { method: 'PATCH', path: '/account/passkeys/{id}' },
});

export const accountRemovePasskey = defineOperation({
  name: 'account.removePasskey',
  summary: 'Forget an own passkey; it signs in no more',
  input: z.strictObject({ id: credentialId }),
  output: z.object({}),
  permission: 'account:write',
  scope: () => null,
  effect: 'destructive',
  rest: { method: 'DELETE', path: '/account/passkeys/{id}' },
});
