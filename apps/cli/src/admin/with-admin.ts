import { createJsonHttp } from '@supastor/adapters/storage/json-http';
import { SupastorError } from '@supastor/contract/errors';
import { sessionLogin, sessionLogout } from '@supastor/contract/operations/session';
import { createRemoteClient, type OperationClient } from '@supastor/core/operations/client';
import { connectionOf } from '../commands/stack/connection-table.ts';
import { openRunningStack } from '../commands/stack/open-stack.ts';
import type { CliContext } from '../context.ts';

const TIMEOUT_MS = 60_000;

export interface Admin {
  readonly client: OperationClient;
  /** Addresses and keys of the stack by name, as `status -o env` prints them; empty when an address was given instead of a stack. */
  readonly connection: ReadonlyMap<string, string>;
}

/**
 * Runs operations on the admin API of this project's stack, or on the one SUPASTOR_ADMIN_URL names. Authenticates with
 * SUPASTOR_API_KEY, else signs in as the configured administrator for just this command.
 * @throws SJ_NOT_RUNNING, SJ_USAGE, SJ_UNAUTHENTICATED, SJ_UPSTREAM_FAILED
 */
export async function withAdmin<T>(context: CliContext, work: (admin: Admin) => Promise<T>): Promise<T> {
  const connection = await readConnection(context);
  const baseUrl = (nonEmpty(context.env['SUPASTOR_ADMIN_URL']) ?? connection.get('ADMIN_URL') ?? '').replace(/\/+$/, '');
  const http = createJsonHttp({ baseUrl, serverName: 'admin', timeoutMs: TIMEOUT_MS });
  const clientFor = (token: string | null) =>
    createRemoteClient(({ method, path, body }, { signal = context.signal }) => {
      const headers: Readonly<Record<string, string>> = token === null ? {} : { authorization: `Bearer ${token}` };
      return http.send({ method, path, headers, signal, ...(body && { body }) });
    });
  const apiKey = nonEmpty(context.env['SUPASTOR_API_KEY']);
  try {
    if (apiKey !== undefined) return await work({ client: clientFor(apiKey), connection });
    const { token } = await clientFor(null).run(sessionLogin, requireAdministrator(connection));
    const client = clientFor(token);
    return await work({ client, connection }).finally(() => client.run(sessionLogout, {}).catch(() => undefined));
  } finally {
    http.close();
  }
}

async function readConnection(context: CliContext): Promise<ReadonlyMap<string, string>> {
  if (nonEmpty(context.env['SUPASTOR_ADMIN_URL']) !== undefined) return new Map();
  const { config, project, target } = await openRunningStack(context);
  if (config === null) {
    throw new SupastorError('SJ_CONFIG_INVALID', 'The configuration cannot be read, so the stack cannot be reached.', {
      hint: 'supastor config validate',
    });
  }
  const observed = await target.observe(null, context.signal);
  if (observed.services.every(({ status }) => status.pid === null)) {
    throw new SupastorError('SJ_NOT_RUNNING', `${project} is not running`, { hint: 'supastor up' });
  }
  const values = connectionOf(
    config,
    observed.services.map(({ status }) => status),
  );
  return new Map(values.map(({ name, value }) => [name, value]));
}

function requireAdministrator(connection: ReadonlyMap<string, string>): { readonly email: string; readonly password: string } {
  const [email, password] = [connection.get('ADMIN_EMAIL'), connection.get('ADMIN_PASSWORD')];
  if (email && password) return { email, password };
  throw new SupastorError('SJ_USAGE', 'There is nothing to sign in with.', { hint: 'set SUPASTOR_API_KEY to an API key (sst_...)' });
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
