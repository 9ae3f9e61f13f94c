import { z } from 'zod';
import { LOG_LEVELS } from '../wire/log-record.ts';
import { ssoProviders } from './sso.ts';
import { ENGINES } from './engines.ts';
import { containersSchema, replicas } from './containers.ts';
import { adminSchema } from './admin.ts';
import { backupsSchema } from './backups.ts';
import { bytes, field, flag, integer, list, NO_TEXT, port, secret, text } from './field.ts';
import { storageSchema } from './storage.ts';
import { mocksSchema } from './mocks.ts';
import { monitoringSchema } from './monitoring.ts';
import { postgresSchema } from './postgres.ts';
import { redisSchema } from './redis.ts';

export const TARGETS = ['embedded', 'docker', 'swarm', 'kubernetes', 'baremetal'] as const;

const projectSchema = z.strictObject({
  name: field(
    z
      .string({ error: NO_TEXT })
      .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'use 1-40 lower-case letters, digits and dashes')
      .default('supastor'),
    {
      description: 'Name of the project; labels what this stack owns.',
      env: ['SUPASTOR_PROJECT_NAME'],
    },
  ),
  mode: field(z.enum(['dev', 'prod']).default('dev'), {
    description: 'dev is for one machine; prod refuses secrets that are missing or publicly known.',
    env: ['SUPASTOR_MODE'],
  }),
  target: field(z.enum(TARGETS).default('embedded'), { description: 'Where the services run.', env: ['SUPASTOR_TARGET'] }),
});

const metaSchema = z.strictObject({
  engine: field(z.enum(ENGINES).default('builtin'), {
    description:
      'builtin: our image of postgres-meta, which refuses browsers. supabase: the official one; for targets that run containers.',
    env: ['SUPASTOR_META_ENGINE'],
  }),
  replicas: field(replicas(), {
    description: 'Servers of postgres-meta that run side by side. The embedded target runs one.',
    env: ['SUPASTOR_META_REPLICAS'],
  }),
  host: field(text().default('127.0.0.1'), {
    description: 'Address postgres-meta listens on; keep it on loopback, it takes raw SQL.',
    env: ['SUPASTOR_META_HOST', 'PG_META_HOST'],
  }),
  port: field(port().default(8081), {
    description: 'Port postgres-meta listens on.',
    unit: 'port',
    env: ['SUPASTOR_META_PORT', 'PG_META_PORT'],
  }),
  cryptoKey: secret(
    { description: 'Key that encrypts connection strings sent to postgres-meta.', env: ['SUPASTOR_META_CRYPTO_KEY', 'CRYPTO_KEY'] },
    16,
  ).optional(),
});

const accessSchema = z.strictObject({
  secondFactor: field(z.enum(['optional', 'required']).default('optional'), {
    description: 'required: whoever signs in with a password only can do nothing but set up a second factor.',
    env: ['SUPASTOR_ACCESS_SECOND_FACTOR'],
  }),
  secondFactorRoles: field(list().default([]), {
    description: 'Roles that `secondFactor: required` is about. Empty: all.',
    env: ['SUPASTOR_ACCESS_SECOND_FACTOR_ROLES'],
  }),
  sso: field(ssoProviders(), {
    description: 'OpenID Connect providers to sign in with: a list, or its JSON; docs/guides/access.md has the fields.',
    env: ['SUPASTOR_ACCESS_SSO'],
    secret: true,
  }).optional(),
});

const mailSchema = z.strictObject({
  host: field(text().optional(), {
    description: 'SMTP server that invitations are sent through. Unset: no mail is sent.',
    env: ['SUPASTOR_MAIL_HOST'],
  }),
  port: field(port().default(587), { description: 'Port of the SMTP server.', unit: 'port', env: ['SUPASTOR_MAIL_PORT'] }),
  secure: field(flag().default(false), {
    description: 'TLS from the first byte (port 465). Otherwise STARTTLS, which a login requires.',
    env: ['SUPASTOR_MAIL_SECURE'],
  }),
  user: field(text().optional(), { description: 'Login name at the SMTP server.', env: ['SUPASTOR_MAIL_USER'] }),
  password: secret({ description: 'Password at the SMTP server.', env: ['SUPASTOR_MAIL_PASSWORD'] }).optional(),
  from: field(text().optional(), { description: 'Address mails come from. Default: supastor@host.', env: ['SUPASTOR_MAIL_FROM'] }),
});

const authSchema = z.strictObject({
  jwtSecret: secret(
    {
      description: 'HS256 key that signs and checks JWTs.',
      env: ['SUPASTOR_JWT_SECRET', 'JWT_SECRET', 'AUTH_JWT_SECRET', 'PGRST_JWT_SECRET'],
    },
    32,
  ).optional(),
  jwks: secret({
    description: 'JWKS as JSON: further keys that JWTs may be signed with (RS256, ES256, EdDSA, HS256), and `urlSigningKey` for links.',
    env: ['SUPASTOR_JWT_JWKS', 'JWT_JWKS'],
  }).optional(),
  anonKey: secret({ description: 'JWT of role anon, for browsers.', env: ['SUPASTOR_ANON_KEY', 'ANON_KEY'] }).optional(),
  serviceRoleKey: secret({
    description: 'JWT of role service_role, bypasses row-level security; servers only.',
    env: ['SUPASTOR_SERVICE_ROLE_KEY', 'SERVICE_ROLE_KEY', 'SERVICE_KEY'],
  }).optional(),
  s3AccessKeyId: secret({
    description: 'Access key of the S3 endpoint.',
    env: ['SUPASTOR_S3_ACCESS_KEY_ID', 'S3_PROTOCOL_ACCESS_KEY_ID'],
  }).optional(),
  s3AccessKeySecret: secret({
    description: 'Secret key of the S3 endpoint.',
    env: ['SUPASTOR_S3_ACCESS_KEY_SECRET', 'S3_PROTOCOL_ACCESS_KEY_SECRET'],
  }).optional(),
  roles: field(list().default(['anon', 'authenticated', 'service_role']), {
    description: 'Database roles a JWT may name; every other is refused.',
    env: ['SUPASTOR_AUTH_ROLES'],
  }),
});

const loggingSchema = z.strictObject({
  level: field(z.enum(LOG_LEVELS).default('info'), {
    description: 'Least severe level that is written.',
    env: ['SUPASTOR_LOG_LEVEL', 'LOG_LEVEL'],
  }),
  maxFileBytes: field(bytes().default(10_000_000), {
    description: 'A log file is rotated past this size.',
    unit: 'bytes',
    env: ['SUPASTOR_LOG_MAX_FILE_BYTES'],
  }),
  maxFiles: field(integer(1, 100).default(5), {
    description: 'Rotated log files kept per service.',
    env: ['SUPASTOR_LOG_MAX_FILES'],
  }),
});

const restartSchema = z.strictObject({
  maxRestarts: field(integer(0, 1000).default(5), {
    description: 'Restarts within `windowSeconds` after which a service counts as crash-looping and is left stopped.',
    env: ['SUPASTOR_RESTART_MAX'],
  }),
  windowSeconds: field(integer(1).default(60), {
    description: 'Window in which restarts are counted.',
    unit: 'seconds',
    env: ['SUPASTOR_RESTART_WINDOW_SECONDS'],
  }),
  backoffInitialMs: field(integer(10).default(200), {
    description: 'Delay before the first restart; doubles each time.',
    unit: 'milliseconds',
    env: ['SUPASTOR_RESTART_BACKOFF_INITIAL_MS'],
  }),
  backoffMaxMs: field(integer(10).default(10_000), {
    description: 'Longest delay between restarts.',
    unit: 'milliseconds',
    env: ['SUPASTOR_RESTART_BACKOFF_MAX_MS'],
  }),
});

/** One environment of `supastor.config.yaml`, after `extends`, variables and all sources are resolved. */
export const configSchema = z.strictObject({
  project: projectSchema.prefault({}),
  postgres: postgresSchema.prefault({}),
  storage: storageSchema.prefault({}),
  meta: metaSchema.prefault({}),
  admin: adminSchema.prefault({}),
  access: accessSchema.prefault({}),
  backups: backupsSchema.prefault({}),
  monitoring: monitoringSchema.prefault({}),
  redis: redisSchema.prefault({}),
  mail: mailSchema.prefault({}),
  auth: authSchema.prefault({}),
  logging: loggingSchema.prefault({}),
  restart: restartSchema.prefault({}),
  containers: containersSchema.prefault({}),
  mocks: mocksSchema.prefault({}),
});
export type Config = z.infer<typeof configSchema>;

/** A file's environment block: any part of {@link configSchema}, plus `extends`. */
export const EXTENDS_KEY = 'extends';
export const DEFAULT_ENVIRONMENT = 'default';
export const CONFIG_FILE_NAME = 'supastor.config.yaml';
export const CONFIG_VERSION = '1.0';
