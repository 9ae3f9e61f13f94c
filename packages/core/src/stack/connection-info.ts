import type { Config } from '@supastor/contract/config/schema';
import type { Secret } from '@supastor/contract/secret';
import { connectHost } from './references.ts';

/** Chosen ports by `service.port`; the configured port counts where none was chosen. */
export type ChosenPorts = Readonly<Record<string, number>>;

export interface ConnectionValue {
  readonly name: string;
  readonly value: string;
  /** `value` without what must not be seen; equal to it when nothing is secret. */
  readonly masked: string;
}

/** How clients reach the stack and with what, in the order `status -o env` prints it. Values that are not configured are empty. */
export function connectionInfo(config: Config, ports: ChosenPorts): readonly ConnectionValue[] {
  const { postgres, storage, admin, meta, auth } = config;
  const apiUrl = (storage.endpoint ?? url(storage.host, ports['storage.http'] ?? storage.port)).replace(/\/+$/, '');
  const database = (password: string) => {
    const host = `${connectHost(postgres.host)}:${ports['postgres.postgres'] ?? postgres.port}`;
    return `postgresql://${encodeURIComponent(postgres.user)}:${password}@${host}/${encodeURIComponent(postgres.database)}`;
  };
  return [
    plain('API_URL', apiUrl),
    plain('STORAGE_URL', `${apiUrl}/storage/v1`),
    plain('STORAGE_S3_URL', `${apiUrl}/storage/v1/s3`),
    ...(storage.s3RootPort === undefined
      ? []
      : [plain('STORAGE_S3_ROOT_URL', url(storage.host, ports['storage.s3'] ?? storage.s3RootPort))]),
    plain('ADMIN_URL', url(admin.host, ports['admin.http'] ?? admin.port)),
    plain('META_URL', url(meta.host, ports['meta.http'] ?? meta.port)),
    { name: 'DB_URL', value: database(encodeURIComponent(postgres.password?.reveal() ?? '')), masked: database('***') },
    hidden('ANON_KEY', auth.anonKey),
    hidden('SERVICE_ROLE_KEY', auth.serviceRoleKey),
    hidden('JWT_SECRET', auth.jwtSecret),
    hidden('S3_PROTOCOL_ACCESS_KEY_ID', auth.s3AccessKeyId),
    hidden('S3_PROTOCOL_ACCESS_KEY_SECRET', auth.s3AccessKeySecret),
    plain('ADMIN_EMAIL', admin.email),
    hidden('ADMIN_PASSWORD', admin.password),
  ];
}

function url(host: string, port: number): string {
  return `http://${connectHost(host)}:${port}`;
}

function plain(name: string, value: string): ConnectionValue {
  return { name, value, masked: value };
}

function hidden(name: string, value: Secret | undefined): ConnectionValue {
  return { name, value: value?.reveal() ?? '', masked: value ? String(value) : '' };
}
