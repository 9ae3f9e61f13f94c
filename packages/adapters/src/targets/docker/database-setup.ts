import { randomBytes } from 'node:crypto';
import type Docker from 'dockerode';
import { SupastorError } from '@supastor/contract/errors';
import type { ContainerSpec } from '@supastor/core/stack/containers/container-spec';
import { escapeIdentifier, escapeLiteral } from 'pg';
import { API_ROLES, createRolesSql, ROLES } from '../embedded/postgres/bootstrap.ts';
import { scramVerifier } from '../embedded/postgres/scram.ts';
import { execInContainer } from './exec.ts';

/**
 * Brings roles, passwords, grants and the database to what the configuration says, with psql inside the container, over the socket
 * that trusts its own users. Only verifiers of passwords are sent.
 * @throws SJ_SERVICE_START_FAILED
 */
export async function setUpDatabase(container: Docker.Container, spec: ContainerSpec): Promise<void> {
  const user = setting(spec, 'POSTGRES_USER');
  const command = ['psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-U', user, '-d', 'postgres'];
  const { exitCode, output } = await execInContainer(container, command, { input: databaseSetupSql(spec) });
  if (exitCode === 0) return;
  throw new SupastorError('SJ_SERVICE_START_FAILED', `postgres could not be set up: ${output.trim().slice(-500)}`, {
    hint: 'supastor logs postgres',
  });
}

/** For psql, and safe to run at every start. `salt` is for the verifier of a password. */
export function databaseSetupSql(spec: ContainerSpec, salt: (password: string) => Buffer = () => randomBytes(16)): string {
  const verifier = (name: string) => {
    const password = secret(spec, name);
    return escapeLiteral(scramVerifier(password, salt(password)));
  };
  const user = setting(spec, 'POSTGRES_USER');
  const database = setting(spec, 'POSTGRES_DB');
  const name = escapeIdentifier(database);
  const create = `create database ${name} owner ${escapeIdentifier(user)}`;
  return `set log_statement = 'none';
${createRolesSql({ ...ROLES, [user]: 'login superuser' })};
alter role ${escapeIdentifier(user)} password ${verifier('POSTGRES_PASSWORD')};
alter role supabase_storage_admin password ${verifier('POSTGRES_STORAGE_PASSWORD')};
grant ${API_ROLES} to supabase_storage_admin, authenticator;
select ${escapeLiteral(create)} where not exists (select from pg_database where datname = ${escapeLiteral(database)}) \\gexec
\\connect ${name}
grant create, connect, temporary on database ${name} to supabase_storage_admin;
grant usage on schema public to ${API_ROLES}, supabase_storage_admin;
`;
}

function setting(spec: ContainerSpec, name: string): string {
  const value = spec.environment[name];
  if (value === undefined) throw new SupastorError('SJ_INTERNAL', `The spec of ${spec.name} has no ${name}`);
  return value;
}

function secret(spec: ContainerSpec, name: string): string {
  const file = spec.files.find((candidate) => candidate.name === name);
  if (file === undefined) throw new SupastorError('SJ_INTERNAL', `The spec of ${spec.name} has no file ${name}`);
  return file.content;
}
