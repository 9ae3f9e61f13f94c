import { resolve } from 'node:path';
import { withTlsDefaults } from '@supastor/adapters/postgres-tls/url-defaults';
import { alertThresholdsSchema, notifySchema } from '@supastor/contract/config/monitoring';
import { parseSsoProviders } from '@supastor/contract/config/sso';
import { SupastorError } from '@supastor/contract/errors';
import type { AnySchema, SchemaOutput } from '@supastor/contract/operations/define';
import { LOG_LEVELS } from '@supastor/contract/wire/log-record';
import type { AdminApiOptions } from './options.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const MIN_SESSION_SECRET_LENGTH = 32;

/** Reads the options of the process. @throws SJ_CONFIG_INVALID naming every variable that is missing or wrong */
export function readOptions(env: Environment): AdminApiOptions {
  const mistakes: string[] = [];
  const required = (name: string) => env[name] || (mistakes.push(`${name} is missing`), '');
  const optional = (name: string) => env[name] || null;
  const list = (name: string) => (env[name] ?? '').split(',').flatMap((part) => part.trim() || []);
  const number = (name: string, fallback: number) => {
    const value = Number(env[name] || fallback);
    if (!Number.isInteger(value) || value < 0) mistakes.push(`${name} must be a whole number, not "${env[name]}"`);
    return value;
  };
  const json = <S extends AnySchema>(name: string, schema: S): SchemaOutput<S> => {
    const parsed = schema.safeParse(parseJson(env[name] || '{}'));
    if (!parsed.success)
      mistakes.push(`${name} is not what it should be: ${parsed.error.issues.map(({ path }) => path.join('.')).join(', ')}`);
    return parsed.success ? parsed.data : schema.parse({});
  };
  const url = (name: string, fallback?: string) => {
    const value = env[name] || fallback || required(name);
    if (value && !URL.canParse(value)) mistakes.push(`${name} must be a URL`);
    return value.replace(/\/+$/, '');
  };

  const basePath = env['SUPASTOR_STORAGE_BASE_PATH'] ?? '/storage/v1';
  const storageUrl = url('SUPASTOR_STORAGE_URL');
  const sessionSecret = required('SUPASTOR_ADMIN_SESSION_SECRET');
  if (sessionSecret && sessionSecret.length < MIN_SESSION_SECRET_LENGTH) {
    mistakes.push(`SUPASTOR_ADMIN_SESSION_SECRET must have at least ${MIN_SESSION_SECRET_LENGTH} characters`);
  }
  const introspection = env['SUPASTOR_ADMIN_GRAPHQL_INTROSPECTION'];
  const options: AdminApiOptions = {
    host: env['SUPASTOR_ADMIN_HOST'] || '127.0.0.1',
    port: number('SUPASTOR_ADMIN_PORT', 8080),
    email: required('SUPASTOR_ADMIN_EMAIL'),
    password: required('SUPASTOR_ADMIN_PASSWORD'),
    sessionSecret,
    sessionTtlSeconds: number('SUPASTOR_ADMIN_SESSION_TTL_SECONDS', 43_200),
    accessTtlSeconds: number('SUPASTOR_ADMIN_ACCESS_TTL_SECONDS', 600),
    connections: {
      requestMs: number('SUPASTOR_ADMIN_REQUEST_TIMEOUT_SECONDS', 30) * 1000,
      idleMs: number('SUPASTOR_ADMIN_IDLE_TIMEOUT_SECONDS', 120) * 1000,
    },
    storageUrl: storageUrl + basePath,
    storagePublicUrl: url('SUPASTOR_STORAGE_PUBLIC_URL', storageUrl) + basePath,
    serviceRoleKey: required('SERVICE_ROLE_KEY'),
    metaUrl: optional('SUPASTOR_META_URL'),
    databaseUrl: env['DATABASE_URL'] ? withTlsDefaults(env['DATABASE_URL'], env) : null,
    redisUrl: optional('SUPASTOR_REDIS_URL'),
    controlSocket: optional('SUPASTOR_CONTROL_SOCKET'),
    projectDir: optional('SUPASTOR_PROJECT_DIR'),
    startContextFile: optional('SUPASTOR_START_CONTEXT'),
    dashboardDir: optional('SUPASTOR_DASHBOARD_DIR'),
    trustedProxies: list('SUPASTOR_ADMIN_TRUSTED_PROXIES'),
    graphql: {
      introspection: introspection === 'on' || introspection === 'off' ? introspection : 'auto',
      allowListPath: optional('SUPASTOR_ADMIN_GRAPHQL_ALLOW_LIST_PATH'),
      maxDepth: number('SUPASTOR_ADMIN_GRAPHQL_MAX_DEPTH', 10),
      maxCost: number('SUPASTOR_ADMIN_GRAPHQL_MAX_COST', 25_000),
    },
    limits: {
      perIdentity: number('SUPASTOR_ADMIN_LIMIT_IDENTITY', 120_000),
      perAddress: number('SUPASTOR_ADMIN_LIMIT_ADDRESS', 240_000),
      heavy: number('SUPASTOR_ADMIN_LIMIT_HEAVY', 1200),
      signIn: number('SUPASTOR_ADMIN_LIMIT_SIGN_IN', 120),
    },
    monitoring: {
      isEnabled: env['SUPASTOR_MONITORING_ENABLED'] !== 'false',
      thresholds: json('SUPASTOR_ALERT_THRESHOLDS', alertThresholdsSchema),
      notify: json('SUPASTOR_NOTIFY', notifySchema),
      scrapeToken: optional('SUPASTOR_MONITORING_SCRAPE_TOKEN'),
      scrapeUrls: env['SUPASTOR_MONITORING_STORAGE_URLS'] ? list('SUPASTOR_MONITORING_STORAGE_URLS') : [storageUrl],
    },
    corsOrigins: list('SUPASTOR_ADMIN_CORS_ORIGINS'),
    drainSeconds: number('SUPASTOR_ADMIN_DRAIN_SECONDS', 0),
    sockets: {
      total: number('SUPASTOR_ADMIN_SOCKETS', 20_000),
      perIdentity: number('SUPASTOR_ADMIN_SOCKETS_PER_IDENTITY', 1000),
      perAddress: number('SUPASTOR_ADMIN_SOCKETS_PER_ADDRESS', 2000),
    },
    project: env['SUPASTOR_PROJECT'] || 'supastor',
    environment: env['SUPASTOR_ENVIRONMENT'] || 'default',
    mode: env['SUPASTOR_MODE'] === 'prod' ? 'prod' : 'dev',
    publicUrl: env['SUPASTOR_ADMIN_PUBLIC_URL'] ? url('SUPASTOR_ADMIN_PUBLIC_URL') : null,
    passwordMinLength: number('SUPASTOR_ADMIN_PASSWORD_MIN_LENGTH', 12),
    breachedPasswordsFile: optional('SUPASTOR_ADMIN_BREACHED_PASSWORDS'),
    secondFactor: {
      mode: env['SUPASTOR_ACCESS_SECOND_FACTOR'] === 'required' ? 'required' : 'optional',
      roles: list('SUPASTOR_ACCESS_SECOND_FACTOR_ROLES'),
    },
    sso: readSso(env['SUPASTOR_ACCESS_SSO'], mistakes),
    auditRetentionDays: env['SUPASTOR_ADMIN_AUDIT_RETENTION_DAYS'] ? number('SUPASTOR_ADMIN_AUDIT_RETENTION_DAYS', 0) : null,
    backups: readBackups(env, number),
    mail: readMail(env, number('SUPASTOR_MAIL_PORT', 587)),
    logLevel: LOG_LEVELS.find((level) => level === env['LOG_LEVEL']) ?? 'info',
  };
  if (mistakes.length > 0) {
    throw new SupastorError('SJ_CONFIG_INVALID', `The environment of admin-api is incomplete: ${mistakes.join('; ')}.`, {
      hint: 'Start it with `supastor up`, which sets all of these.',
      meta: { mistakes },
    });
  }
  return options;
}

/** Providers as JSON, which has secrets in it: a mistake is told without the text. */
function readSso(json: string | undefined, mistakes: string[]): AdminApiOptions['sso'] {
  try {
    return json ? parseSsoProviders(json) : [];
  } catch {
    mistakes.push('SUPASTOR_ACCESS_SSO is no valid list of providers in JSON');
    return [];
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Numbers that are not set say nothing. A relative directory is one of the project. */
function readBackups(env: Environment, number: (name: string, fallback: number) => number): AdminApiOptions['backups'] {
  const destination = env['SUPASTOR_BACKUPS_DESTINATION'];
  const kept = (name: string) => (env[name] ? number(name, 0) : undefined);
  return {
    destination: destination ? resolve(env['SUPASTOR_PROJECT_DIR'] || '.', destination) : null,
    retention: {
      last: kept('SUPASTOR_BACKUPS_KEEP_LAST'),
      daily: kept('SUPASTOR_BACKUPS_KEEP_DAILY'),
      weekly: kept('SUPASTOR_BACKUPS_KEEP_WEEKLY'),
    },
  };
}

/** Mail is configured once there is a host. */
function readMail(env: Environment, port: number): AdminApiOptions['mail'] {
  const host = env['SUPASTOR_MAIL_HOST'];
  if (!host) return null;
  const [user, password] = [env['SUPASTOR_MAIL_USER'] || null, env['SUPASTOR_MAIL_PASSWORD'] || null];
  return {
    host,
    port,
    secure: env['SUPASTOR_MAIL_SECURE'] === 'true',
    user,
    password,
    from: env['SUPASTOR_MAIL_FROM'] || `supastor@${host}`,
  };
}
