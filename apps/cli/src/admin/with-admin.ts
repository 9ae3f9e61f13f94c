import { homedir } from 'node:os';
import { type LoginFile, loginFilePath, openLoginFile } from '@supastor/adapters/credentials/login-file';
import { createJsonHttp } from '@supastor/adapters/storage/json-http';
import { SupastorError } from '@supastor/contract/errors';
import { sessionLogin, sessionLogout } from '@supastor/contract/operations/session';
import { createRemoteClient, type OperationClient } from '@supastor/core/operations/client';
import type { CliContext } from '../context.ts';
import { type AdminAddress, locateAdmin } from './locate-admin.ts';
import { keptToken } from './kept-token.ts';

const TIMEOUT_MS = 60_000;

export interface Admin extends AdminAddress {
  readonly client: OperationClient;
  /** Bearer token or API key that `client` sends. */
  readonly token: string;
}

/**
 * Runs operations on the admin API of this project's stack, on the one SUPASTOR_ADMIN_URL names, or on the one last signed
 * in to. Authenticates with SUPASTOR_API_KEY, else with the session of `supastor login`, else signs in as the configured
 * administrator for just this command.
 * @throws SJ_NOT_RUNNING, SJ_USAGE, SJ_UNAUTHENTICATED, SJ_UPSTREAM_FAILED
 */
export async function withAdmin<T>(context: CliContext, work: (admin: Admin) => Promise<T>): Promise<T> {
  const file = openLogins(context);
  const address = await locateAdmin(context, file.read());
  return withClient(context, address.baseUrl, async (clientFor) => {
    const apiKey = context.env['SUPASTOR_API_KEY'];
    const token = apiKey || (await keptToken({ file, baseUrl: address.baseUrl, client: clientFor(null), signal: context.signal }));
    if (token) return work({ ...address, client: clientFor(token), token });
    const signedIn = await clientFor(null).run(sessionLogin, requireAdministrator(address));
    const client = clientFor(signedIn.token);
    return work({ ...address, client, token: signedIn.token }).finally(() => client.run(sessionLogout, {}).catch(() => undefined));
  });
}

type ClientFor = (token: string | null) => OperationClient;

/** Clients of one server, over connections that are closed afterwards. */
export async function withClient<T>(context: CliContext, baseUrl: string, work: (clientFor: ClientFor) => Promise<T>): Promise<T> {
  const http = createJsonHttp({ baseUrl, serverName: 'admin', timeoutMs: TIMEOUT_MS });
  const clientFor: ClientFor = (token) =>
    createRemoteClient(({ method, path, body }, { signal = context.signal }) => {
      const headers: Readonly<Record<string, string>> = token === null ? {} : { authorization: `Bearer ${token}` };
      return http.send({ method, path, headers, signal, ...(body && { body }) });
    });
  try {
    return await work(clientFor);
  } finally {
    http.close();
  }
}

/** The sessions kept for this user. */
export function openLogins({ env }: CliContext): LoginFile {
  return openLoginFile(loginFilePath(env, env['HOME'] || homedir()));
}

function requireAdministrator({ connection }: AdminAddress): { readonly email: string; readonly password: string } {
  const [email, password] = [connection.get('ADMIN_EMAIL'), connection.get('ADMIN_PASSWORD')];
  if (email && password) return { email, password };
  throw new SupastorError('SJ_USAGE', 'There is nothing to sign in with.', {
    hint: 'supastor login, or set SUPASTOR_API_KEY to an API key (sst_...)',
  });
}
