import { SupastorError } from '@supastor/contract/errors';
import { sessionLogin } from '@supastor/contract/operations/session';
import { locateAdmin, normalizeUrl } from '../../admin/locate-admin.ts';
import { openLogins, withClient } from '../../admin/with-admin.ts';
import type { CliContext } from '../../context.ts';
import { ask, askSecret, openPrompt } from '../../prompt.ts';
import { readStdin } from '../../read-stdin.ts';
import { signInWithProvider } from './sign-in-with-provider.ts';

export interface LoginFlags {
  readonly email?: string;
  readonly passwordStdin?: boolean;
  /** Of the second factor. */
  readonly code?: string;
  /** Provider of single sign-on; true: the only one. */
  readonly sso?: string | true;
}

/** Signs in and keeps the session, which becomes the one that commands outside of a project mean. */
export async function login(context: CliContext, address: string | undefined, flags: LoginFlags): Promise<void> {
  const { signal, output } = context;
  const file = openLogins(context);
  const baseUrl = address === undefined ? (await locateAdmin(context, file.read())).baseUrl : normalizeUrl(address);
  const signedIn =
    flags.sso === undefined ? await signInWithPassword(context, baseUrl, flags) : await signInWithProvider(context, baseUrl, flags.sso);
  const { email, name, role, token, tokenExpiresAt, refreshToken } = signedIn;
  await file.update(async ({ logins }) => {
    const kept = { current: baseUrl, logins: { ...logins, [baseUrl]: { email, token, tokenExpiresAt, refreshToken } } };
    return { logins: kept, result: undefined };
  }, signal);
  output.result({ address: baseUrl, email, name, role }, () => `Signed in to ${baseUrl} as ${email} (${role}).`);
}

async function signInWithPassword(context: CliContext, baseUrl: string, flags: LoginFlags) {
  const { signal } = context;
  const credentials = await readCredentials(context, flags);
  const signIn = (code?: string) =>
    withClient(context, baseUrl, (clientFor) =>
      clientFor(null).run(sessionLogin, { ...credentials, ...(code !== undefined && { code }) }, { signal }),
    );
  return signIn(flags.code).catch(async (error: unknown) => {
    if (!context.isTty || !(error instanceof SupastorError) || error.code !== 'SJ_CODE_NEEDED') throw error;
    return signIn(await ask('Code of the second factor', '', signal));
  });
}

async function readCredentials(context: CliContext, { email, passwordStdin }: LoginFlags) {
  if (passwordStdin === true) {
    if (email === undefined) {
      throw new SupastorError('SJ_USAGE', '--password-stdin needs --email', { hint: 'add --email you@example.com' });
    }
    return { email, password: (await readStdin(context.signal)).replace(/\r?\n$/, '') };
  }
  if (!context.isTty) {
    throw new SupastorError('SJ_USAGE', 'There is no terminal to ask for the password.', {
      hint: 'use --email and --password-stdin, or set SUPASTOR_API_KEY instead of signing in',
    });
  }
  const given = email ?? (await askEmail(context.signal));
  return { email: given, password: await askSecret('Password', context.signal) };
}

async function askEmail(signal: AbortSignal): Promise<string> {
  const prompt = openPrompt(signal);
  try {
    return await prompt.askUntil('E-mail', '', (answer) => (answer.includes('@') ? null : 'an e-mail address has an @'));
  } finally {
    prompt.close();
  }
}
