import type { Config } from '@supastor/contract/config/schema';
import { SupastorError } from '@supastor/contract/errors';
import type { Secret } from '@supastor/contract/secret';
import { isKnownDefault } from './known-defaults.ts';
import { REQUIRED_SECRETS, type RequiredSecret, type StackSecrets } from './stack-secrets.ts';

/** Secrets the configuration lacks. */
export function missingSecrets(config: Config): readonly RequiredSecret[] {
  return REQUIRED_SECRETS.filter((secret) => secret.read(config) === undefined);
}

/** Secrets that are set to something publicly known. */
export function publicSecrets(config: Config): readonly RequiredSecret[] {
  return REQUIRED_SECRETS.filter((secret) => {
    const value = secret.read(config);
    return value !== undefined && isKnownDefault(value.reveal());
  });
}

/**
 * Every secret a stack needs, none of them missing.
 * @throws SJ_SECRETS_MISSING when any is missing or, in mode prod, publicly known
 */
export function requireSecrets(config: Config): StackSecrets {
  const missing = missingSecrets(config);
  if (missing.length > 0) {
    throw new SupastorError('SJ_SECRETS_MISSING', `not set: ${missing.map(describe).join(', ')}`, {
      hint: 'run `supastor init`: it generates what is missing and keeps what is there',
      meta: { missing: missing.map((secret) => secret.path) },
    });
  }
  const known = config.project.mode === 'prod' ? publicSecrets(config) : [];
  if (known.length > 0) {
    throw new SupastorError('SJ_SECRETS_MISSING', `publicly known values are refused in mode prod: ${known.map(describe).join(', ')}`, {
      hint: 'delete them from .env and run `supastor init --prod`: it generates strong ones',
      meta: { known: known.map((secret) => secret.path) },
    });
  }
  return {
    postgresPassword: present(config.postgres.password),
    postgresStoragePassword: present(config.postgres.storagePassword),
    jwtSecret: present(config.auth.jwtSecret),
    anonKey: present(config.auth.anonKey),
    serviceRoleKey: present(config.auth.serviceRoleKey),
    s3AccessKeyId: present(config.auth.s3AccessKeyId),
    s3AccessKeySecret: present(config.auth.s3AccessKeySecret),
    metaCryptoKey: present(config.meta.cryptoKey),
    adminPassword: present(config.admin.password),
    adminSessionSecret: present(config.admin.sessionSecret),
  };
}

function describe(secret: RequiredSecret): string {
  return `${secret.envName} (${secret.path})`;
}

function present(secret: Secret | undefined): Secret {
  if (secret === undefined) throw new TypeError('a required secret is missing although the list of required secrets was checked');
  return secret;
}
