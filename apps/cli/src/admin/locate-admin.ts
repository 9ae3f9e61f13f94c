import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Logins } from '@supastor/adapters/credentials/login-file';
import { SupastorError } from '@supastor/contract/errors';
import type { ConnectionValue } from '@supastor/core/stack/connection-info';
import { connectionOf, containerConnection } from '../commands/stack/connection-table.ts';
import { openRunningStack } from '../commands/stack/open-stack.ts';
import type { CliContext } from '../context.ts';

/** An admin API to speak to. */
export interface AdminAddress {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** Addresses and keys of the stack by name, as `status -o env` prints them; empty when it is not this project's stack. */
  readonly connection: ReadonlyMap<string, string>;
}

/**
 * The admin API that SUPASTOR_ADMIN_URL names, else that of this project's running stack, else the one last signed in to.
 * @throws SJ_NOT_RUNNING, SJ_CONFIG_INVALID
 */
export async function locateAdmin(context: CliContext, { current }: Pick<Logins, 'current'>): Promise<AdminAddress> {
  const named = context.env['SUPASTOR_ADMIN_URL'];
  if (named !== undefined && named !== '') return { baseUrl: normalizeUrl(named), connection: new Map() };
  if (current !== null && !hasProject(context)) return { baseUrl: current, connection: new Map() };
  const connection = await readConnection(context);
  return { baseUrl: normalizeUrl(connection.get('ADMIN_URL') ?? ''), connection };
}

/** A base URL as it is kept and compared. @throws SJ_USAGE when it is no HTTP address */
export function normalizeUrl(text: string): string {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol)) return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  throw new SupastorError('SJ_USAGE', `"${text}" is not the address of an admin API`, { hint: 'such as https://admin.example.com' });
}

function hasProject({ projectDir }: CliContext): boolean {
  return existsSync(join(projectDir, 'supastor.config.yaml'));
}

async function readConnection(context: CliContext): Promise<ReadonlyMap<string, string>> {
  const stack = await openRunningStack(context);
  if (stack.kind === 'containers') return toMap(containerConnection(stack.loaded.config, []));
  const { config, project, target } = stack;
  if (config === null && !hasProject(context)) {
    throw new SupastorError('SJ_USAGE', 'There is no project here, and no other admin API is named.', {
      hint: 'supastor login https://admin.example.com, or go to the directory of a project',
    });
  }
  if (config === null) {
    throw new SupastorError('SJ_CONFIG_INVALID', 'The configuration cannot be read, so the stack cannot be reached.', {
      hint: 'supastor config validate',
    });
  }
  const observed = await target.observe(null, context.signal);
  if (observed.services.every(({ status }) => status.pid === null)) {
    throw new SupastorError('SJ_NOT_RUNNING', `${project} is not running`, { hint: 'supastor up, or supastor login <address>' });
  }
  return toMap(
    connectionOf(
      config,
      observed.services.map(({ status }) => status),
    ),
  );
}

function toMap(values: readonly ConnectionValue[]): ReadonlyMap<string, string> {
  return new Map(values.map(({ name, value }) => [name, value]));
}
