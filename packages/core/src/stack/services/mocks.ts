import { type MockName, mocksOf } from '@supastor/contract/config/mocks';
import { type Config, configSchema } from '@supastor/contract/config/schema';
import { VERSION } from '@supastor/contract/version';
import type { ServiceSpec } from '../service-spec.ts';
import { CLIENT_ID, mockSecret } from './mock-overrides.ts';
import { httpHealth, restartPolicy } from './shared.ts';
import { storageServer } from './storage.ts';

const LOOPBACK = '127.0.0.1';
/** Database of the local S3, beside the one of the stack. */
export const MOCK_S3_DATABASE = 'supastor_mock_s3';

/** The mocks that the configuration asks for, as services. */
export function mockServices(config: Config): readonly ServiceSpec[] {
  const { smtpPort, inboxPort, oidcPort, webhooksPort, enabled } = config.mocks;
  const build: Readonly<Record<MockName, () => ServiceSpec>> = {
    smtp: () =>
      mockService(config, 'smtp', {
        ports: { http: inboxPort, smtp: smtpPort },
        environment: { SUPASTOR_MOCK_SMTP_PORT: '{{port:smtp.smtp}}' },
      }),
    oidc: () =>
      mockService(config, 'oidc', {
        ports: { http: oidcPort },
        environment: {
          SUPASTOR_MOCK_CLIENT_ID: CLIENT_ID,
          SUPASTOR_MOCK_SECRET: mockSecret(config, 'oidc'),
          SUPASTOR_MOCK_DIR: '{{dir:oidc}}',
        },
        volumes: ['oidc'],
      }),
    webhooks: () =>
      mockService(config, 'webhooks', {
        ports: { http: webhooksPort },
        environment: { SUPASTOR_MOCK_SECRET: mockSecret(config, 'webhooks') },
      }),
    s3: () => localS3(config),
  };
  return mocksOf(enabled).map((name) => build[name]());
}

interface MockParts {
  readonly ports: Readonly<Record<string, number>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
}

function mockService(config: Config, name: MockName, { ports, environment, volumes = [] }: MockParts): ServiceSpec {
  return {
    name,
    dependsOn: [],
    ports: Object.fromEntries(Object.entries(ports).map(([port, number]) => [port, { host: LOOPBACK, port: number }])),
    health: httpHealth('/health'),
    restart: restartPolicy(config),
    resources: { memoryBytes: null },
    environment: {
      SUPASTOR_MOCK: name,
      SUPASTOR_MOCK_PORT: `{{port:${name}.http}}`,
      ...environment,
      LOG_LEVEL: config.logging.level,
      SUPASTOR_VERSION: VERSION,
    },
    secretNames: ['SUPASTOR_MOCK_SECRET'],
    volumes,
    stopTimeoutMs: 5000,
  };
}

/** A second storage server with a database and bytes of its own, and the keys of the first. */
function localS3(config: Config): ServiceSpec {
  const { s3Port, s3HttpPort } = config.mocks;
  const plain = configSchema.parse({ storage: { host: LOOPBACK, port: s3HttpPort, s3RootPort: s3Port, maxDbConnections: 5 } });
  const { poolerHost: _, ...postgres } = config.postgres;
  const own = {
    ...config,
    postgres: { ...postgres, database: MOCK_S3_DATABASE, replicas: [] },
    storage: plain.storage,
    mocks: plain.mocks,
  };
  const spec = storageServer(own, { name: 's3', volume: 's3' });
  return { ...spec, environment: { ...spec.environment, SUPASTOR_MOCK: 's3' } };
}
