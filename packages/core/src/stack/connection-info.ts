import type { Config } from '@supastor/contract/config/schema';
import { Secret } from '@supastor/contract/secret';
import { CLIENT_ID, mockSecret } from './services/mock-overrides.ts';
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
    ...mockValues(config, ports),
  ];
}

const LOOPBACK = '127.0.0.1';

/** How the mocks are reached that run. A command that only looks does not know which were asked for; their ports tell. */
function mockValues(config: Config, ports: ChosenPorts): readonly ConnectionValue[] {
  const at = (listener: string, make: (port: number) => readonly ConnectionValue[]) => {
    const port = ports[listener];
    return port === undefined ? [] : make(port);
  };
  return [
    ...at('smtp.http', (port) => [plain('MOCK_INBOX_URL', url(LOOPBACK, port))]),
    ...at('smtp.smtp', (port) => [plain('MOCK_SMTP_URL', `smtp://127.0.0.1:${port}`)]),
    ...at('oidc.http', (port) => [
      plain('MOCK_OIDC_ISSUER', url(LOOPBACK, port)),
      plain('MOCK_OIDC_CLIENT_ID', CLIENT_ID),
      hidden('MOCK_OIDC_CLIENT_SECRET', sharedSecret(config, 'oidc')),
    ]),
    ...at('webhooks.http', (port) => [
      plain('MOCK_WEBHOOKS_URL', url(LOOPBACK, port)),
      hidden('MOCK_WEBHOOKS_SECRET', sharedSecret(config, 'webhooks')),
    ]),
    ...at('s3.s3', (port) => [plain('MOCK_S3_URL', url(LOOPBACK, port))]),
  ];
}

function sharedSecret(config: Config, purpose: 'oidc' | 'webhooks'): Secret | undefined {
  return config.auth.jwtSecret === undefined ? undefined : new Secret(mockSecret(config, purpose));
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
