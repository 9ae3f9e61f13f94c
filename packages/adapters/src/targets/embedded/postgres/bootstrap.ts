import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { matchesVerifier, scramVerifier } from './scram.ts';

export interface BootstrapOptions {
  readonly socketDir: string;
  readonly port: number;
  readonly database: string;
  readonly adminUser: string;
  readonly adminPassword: string;
  readonly storagePassword: string;
}

/** Role name -> attributes. Supabase's names, so that policies and clients written for it work. */
export const ROLES: Readonly<Record<string, string>> = {
  anon: 'nologin noinherit',
  authenticated: 'nologin noinherit',
  service_role: 'nologin noinherit bypassrls',
  authenticator: 'login noinherit',
  supabase_storage_admin: 'login noinherit createrole',
};

/** Roles that tokens name. */
export const API_ROLES = 'anon, authenticated, service_role';

/**
 * Brings roles, passwords, grants and the database to what the configuration says. Safe to run at every start: what is right stays untouched.
 * Connects over the private socket as the superuser, which needs no password there.
 */
export async function bootstrapDatabase(options: BootstrapOptions): Promise<void> {
  await withClient(options, 'postgres', async (client) => {
    await client.query(createRolesSql({ ...ROLES, [options.adminUser]: 'login superuser', postgres: 'login superuser' }));
    await setPassword(client, 'postgres', options.adminPassword);
    if (options.adminUser !== 'postgres') await setPassword(client, options.adminUser, options.adminPassword);
    await setPassword(client, 'supabase_storage_admin', options.storagePassword);
    await client.query(`grant ${API_ROLES} to supabase_storage_admin, authenticator`);
  });
  await prepareDatabase({ ...options, owner: options.adminUser });
}

/** Makes a database if it is missing, in which a storage server can make its schema. */
export async function prepareDatabase(address: Address & { readonly database: string; readonly owner: string }): Promise<void> {
  const { database, owner } = address;
  await withClient(address, 'postgres', (client) => createDatabase(client, database, owner));
  await withClient(address, database, (client) =>
    client.query(`
      grant create, connect, temporary on database ${escapeIdentifier(database)} to supabase_storage_admin;
      grant usage on schema public to ${API_ROLES}, supabase_storage_admin;
    `),
  );
}

/** Whether the server answers a query over its private socket. Rejects when it does not. */
export async function pingDatabase(socketDir: string, port: number, timeoutMs: number): Promise<void> {
  await withClient({ socketDir, port, timeoutMs }, 'postgres', (client) => client.query('select 1'));
}

interface Address {
  readonly socketDir: string;
  readonly port: number;
  readonly timeoutMs?: number;
}

async function withClient(address: Address, database: string, use: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({
    host: address.socketDir,
    port: address.port,
    user: 'postgres',
    database,
    application_name: 'supastor supervisor',
    connectionTimeoutMillis: address.timeoutMs ?? 10_000,
    query_timeout: address.timeoutMs ?? 30_000,
  });
  // A connection that breaks while idle has nobody to reject; the query under way is rejected by itself.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await use(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** SQL that makes the roles, or gives them these attributes. */
export function createRolesSql(roles: Readonly<Record<string, string>>): string {
  const blocks = Object.entries(roles).map(([role, attributes]) => {
    const name = escapeIdentifier(role);
    return `if not exists (select from pg_roles where rolname = ${escapeLiteral(role)}) then create role ${name}; end if;
      alter role ${name} ${attributes};`;
  });
  return `do $supastor$ begin ${blocks.join('\n')} end $supastor$`;
}

async function setPassword(client: Client, role: string, password: string): Promise<void> {
  const { rows } = await client.query<{ verifier: string | null }>('select rolpassword as verifier from pg_authid where rolname = $1', [
    role,
  ]);
  if (matchesVerifier(rows[0]?.verifier ?? null, password)) return;
  await client.query(`alter role ${escapeIdentifier(role)} password ${escapeLiteral(scramVerifier(password))}`);
}

async function createDatabase(client: Client, database: string, owner: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_database where datname = $1', [database]);
  if (rowCount === 0) await client.query(`create database ${escapeIdentifier(database)} owner ${escapeIdentifier(owner)}`);
}
