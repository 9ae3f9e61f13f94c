import type { Config } from '@supastor/contract/config/schema';
import { SupastorError } from '@supastor/contract/errors';
import type { ServiceSpec } from './service-spec.ts';
import { adminService } from './services/admin.ts';
import { metaService } from './services/meta.ts';
import { mockServices } from './services/mocks.ts';
import { postgresService } from './services/postgres.ts';
import { storageService } from './services/storage.ts';

/** What should run, as one configuration says. */
export interface DesiredStack {
  readonly project: string;
  readonly environment: string;
  /** In dependency order: a service comes after everything it depends on. */
  readonly services: readonly ServiceSpec[];
}

/** What makes the services, in dependency order. */
export const serviceBuilders: readonly ((config: Config, environment: string) => readonly ServiceSpec[])[] = [
  (config) => present(postgresService(config)),
  (config) => present(storageService(config)),
  (config) => [metaService(config)],
  (config, environment) => [adminService(config, environment)],
  (config) => mockServices(config),
];

/**
 * Turns a configuration into the services it asks for.
 * @throws SJ_SECRETS_MISSING naming every missing secret, SJ_CONFIG_INVALID
 */
export function buildDesiredStack(config: Config, environment: string): DesiredStack {
  assertSecrets(config);
  return { project: config.project.name, environment, services: serviceBuilders.flatMap((build) => build(config, environment)) };
}

function present(spec: ServiceSpec | null): readonly ServiceSpec[] {
  return spec === null ? [] : [spec];
}

/** @throws SJ_SECRETS_MISSING naming every secret that a stack of ours cannot do without and that has no value */
export function assertSecrets(config: Config): void {
  const { postgres, auth, admin, meta, storage } = config;
  const wanted: Record<string, unknown> = {
    'postgres.password': postgres.password,
    'auth.serviceRoleKey': auth.serviceRoleKey,
    'admin.password': admin.password,
    'admin.sessionSecret': admin.sessionSecret,
    'meta.cryptoKey': meta.cryptoKey,
    ...(postgres.managed || storage.managed ? { 'postgres.storagePassword': postgres.storagePassword } : {}),
    ...(storage.managed
      ? {
          'auth.jwtSecret': auth.jwtSecret,
          'auth.anonKey': auth.anonKey,
          'auth.s3AccessKeyId': auth.s3AccessKeyId,
          'auth.s3AccessKeySecret': auth.s3AccessKeySecret,
        }
      : {}),
  };
  const missing = Object.keys(wanted).filter((path) => wanted[path] === undefined);
  if (missing.length === 0) return;
  throw new SupastorError('SJ_SECRETS_MISSING', `No value for ${missing.join(', ')}`, { hint: 'supastor init', meta: { missing } });
}
