import { z } from 'zod';
import { defineOperation } from './define.ts';
import { sensitive } from './sensitive.ts';
import { codeSchema, signedInSchema } from './session.ts';

const password = sensitive(z.string().min(1).max(1024));
const recoveryCodes = sensitive(z.array(z.string()));
/** Proves that it is not just somebody at an open browser: one of the two. */
const proof = z.strictObject({
  password: password.optional().describe('Password of the account; asked for when it has one'),
  code: codeSchema.optional(),
});

export const accountSecondFactor = defineOperation({
  name: 'account.secondFactor',
  summary: 'Whether one has a second factor, and how many recovery codes are left',
  input: z.strictObject({}),
  output: z.object({
    enabled: z.boolean(),
    /** ISO 8601. */
    since: z.string().nullable(),
    recoveryCodesLeft: z.number().int(),
    /** Whether one of the own roles asks for it. */
    required: z.boolean(),
  }),
  permission: 'account:secure',
  scope: () => null,
  effect: 'read',
  rest: { method: 'GET', path: '/account/second-factor' },
});

export const accountBeginSecondFactor = defineOperation({
  name: 'account.beginSecondFactor',
  summary: 'A secret for an authenticator app; it counts once a code of it is confirmed',
  input: z.strictObject({
    password: password.optional().describe('Password of the account; asked for when it has one'),
  }),
  output: z.object({
    /** Base32, to be typed into the app. */
    secret: sensitive(z.string()),
    /** `otpauth://`, to be shown as a QR code. */
    uri: sensitive(z.string()),
  }),
  permission: 'account:secure',
  scope: () => null,
  effect: 'write',
  rest: { method: 'POST', path: '/account/second-factor' },
});

export const accountConfirmSecondFactor = defineOperation({
  name: 'account.confirmSecondFactor',
  summary: 'Turn the second factor on with a first code; all sessions end, and the answer holds a new one and the recovery codes',
  input: z.strictObject({ code: codeSchema }),
  output: signedInSchema.extend({
    /** Each works once in place of a code; they are shown this once. */
    recoveryCodes,
  }),
  permission: 'account:secure',
  scope: () => null,
  effect: 'write',
  signsIn: true,
  rest: { method: 'POST', path: '/account/second-factor/confirm' },
});

export const accountRenewRecoveryCodes = defineOperation({
  name: 'account.renewRecoveryCodes',
  summary: 'Ten new recovery codes; the earlier ones work no more',
  input: proof,
  output: z.object({ recoveryCodes }),
  permission: 'account:write',
  scope: () => null,
  effect: 'write',
  rest: { method: 'POST', path: '/account/second-factor/recovery-codes' },
});

export const accountDisableSecondFactor = defineOperation({
  name: 'account.disableSecondFactor',
  summary: 'Turn the second factor off, with the password or a code',
  input: proof,
  output: z.object({}),
  permission: 'account:write',
  scope: () => null,
  effect: 'destructive',
  rest: { method: 'POST', path: '/account/second-factor/disable' },
});
