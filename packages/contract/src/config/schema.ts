import { z } from 'zod';
import { LOG_LEVELS } from '../wire/log-record.ts';
import { storageConnectionsSchema } from './connections.ts';
import { adminLimitsSchema } from './admin-limits.ts';
import { storageCdnSchema } from './cdn.ts';
import { ssoProviders } from './sso.ts';
import { containersSchema, replicas } from './containers.ts';
import { bytes, field, flag, integer, list, port, secret } from './field.ts';
import { storageIntegritySchema } from './integrity.ts';
import { monitoringSchema } from './monitoring.ts';
import { redisSchema } from './redis.ts';

export const TARGETS = ['embedded', 'docker', 'swarm', 'kubernetes', 'baremetal'] as const;

const text = () => z.string({ error: 'expected a text; put a number into quotes' }).min(1, 'must not be empty');
const url = () => z.url({ protocol: /^https?$/, error: 'expected a URL such as http://localhost:5000' });
const seconds = () => integer(1);
const networks = () =>
  list()
    .refine((parts) => parts.every((part) => /^[\da-f:.]+(\/\d{1,3})?$/i.test(part)), 'expected addresses or networks such as 10.0.0.0/8')
    .default([]);
const origins = () =>
  list()
    .refine(
      (parts) => parts.every((part) => URL.canParse(part) && new URL(part).origin === part),
      'expected origins such as https://tools.example.org',
    )
    .default([]);

const projectSchema = z.strictObject({
  name: field(
    z
      .string({ error: 'expected a text; put a number into quotes' })
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

const postgresSchema = z.strictObject({
  managed: field(flag().default(true), {
    description: 'true: this stack runs its own Postgres. false: connect to one that runs elsewhere.',
    env: ['SUPASTOR_POSTGRES_MANAGED'],
  }),
  host: field(text().default('127.0.0.1'), {
    description: 'Address Postgres listens on (managed) or is reached at.',
    env: ['SUPASTOR_POSTGRES_HOST', 'POSTGRES_HOST'],
  }),
  port: field(port().default(5432), {
    description: 'TCP port of Postgres.',
    unit: 'port',
    env: ['SUPASTOR_POSTGRES_PORT', 'POSTGRES_PORT'],
  }),
  database: field(text().default('postgres'), {
    description: 'Database that holds the storage schema.',
    env: ['SUPASTOR_POSTGRES_DATABASE', 'POSTGRES_DB'],
  }),
  user: field(text().default('postgres'), {
    description: 'Administrative role.',
    env: ['SUPASTOR_POSTGRES_USER', 'POSTGRES_USER'],
  }),
  password: secret({
    description: 'Password of the administrative role.',
    env: ['SUPASTOR_POSTGRES_PASSWORD', 'POSTGRES_PASSWORD'],
  }).optional(),
  storagePassword: secret({
    description: 'Password of supabase_storage_admin, the role storage connects as.',
    env: ['SUPASTOR_POSTGRES_STORAGE_PASSWORD'],
  }).optional(),
  ssl: field(flag().default(false), {
    description: 'Require TLS to an external Postgres.',
    env: ['SUPASTOR_POSTGRES_SSL', 'POSTGRES_SSL'],
  }),
  maxConnections: field(integer(10, 10_000).default(100), {
    description: 'max_connections of a managed Postgres.',
    env: ['SUPASTOR_POSTGRES_MAX_CONNECTIONS'],
  }),
});

const storageS3Schema = z.strictObject({
  bucket: field(text().optional(), {
    description: 'Bucket that holds the bytes.',
    env: ['STORAGE_S3_BUCKET', 'GLOBAL_S3_BUCKET'],
  }),
  endpoint: field(url().optional(), {
    description: 'S3 endpoint; leave out for AWS.',
    env: ['STORAGE_S3_ENDPOINT', 'GLOBAL_S3_ENDPOINT'],
  }),
  region: field(text().default('us-east-1'), {
    description: 'Region that requests are signed for.',
    env: ['STORAGE_S3_REGION', 'REGION'],
  }),
  forcePathStyle: field(flag().default(true), {
    description: 'Address buckets as a path, not as a host name.',
    env: ['STORAGE_S3_FORCE_PATH_STYLE', 'GLOBAL_S3_FORCE_PATH_STYLE'],
  }),
  accessKeyId: secret({ description: 'Access key of the byte store.', env: ['AWS_ACCESS_KEY_ID'] }).optional(),
  secretAccessKey: secret({ description: 'Secret key of the byte store.', env: ['AWS_SECRET_ACCESS_KEY'] }).optional(),
  sessionToken: secret({ description: 'Session token of temporary keys of the byte store.', env: ['AWS_SESSION_TOKEN'] }).optional(),
  prefix: field(text().optional(), {
    description: 'Begins all keys in the bucket; installations that share a bucket need different ones.',
    env: ['SUPASTOR_STORE_PREFIX'],
  }),
  maxSockets: field(integer(1, 10_000).default(200), {
    description: 'Connections to the byte store at the same time.',
    env: ['STORAGE_S3_MAX_SOCKETS', 'GLOBAL_S3_MAX_SOCKETS'],
  }),
  clientTimeoutMs: field(integer(0, 3_600_000).default(0), {
    description: 'Longest silence of the byte store; 0 means 30 seconds.',
    unit: 'milliseconds',
    env: ['STORAGE_S3_CLIENT_TIMEOUT'],
  }),
});

const upstreamS3Schema = z.strictObject({
  bucket: field(text().optional(), {
    description: 'GLOBAL_S3_BUCKET of the original, a directory on its file backend. Default: storage.s3.bucket, else stub.',
    env: ['SUPASTOR_UPSTREAM_S3_BUCKET'],
  }),
  endpoint: field(url().optional(), {
    description: 'S3 endpoint of the original. Default: storage.s3.endpoint.',
    env: ['SUPASTOR_UPSTREAM_S3_ENDPOINT'],
  }),
  region: field(text().optional(), {
    description: 'Region of the original. Default: storage.s3.region.',
    env: ['SUPASTOR_UPSTREAM_S3_REGION'],
  }),
  forcePathStyle: field(flag().optional(), {
    description: 'Address its bucket as a path. Default: storage.s3.forcePathStyle.',
    env: ['SUPASTOR_UPSTREAM_S3_FORCE_PATH_STYLE'],
  }),
  accessKeyId: secret({
    description: 'Access key of the store of the original. Default: storage.s3.accessKeyId.',
    env: ['SUPASTOR_UPSTREAM_S3_ACCESS_KEY_ID'],
  }).optional(),
  secretAccessKey: secret({
    description: 'Secret key of the store of the original. Default: storage.s3.secretAccessKey.',
    env: ['SUPASTOR_UPSTREAM_S3_SECRET_ACCESS_KEY'],
  }).optional(),
});

const upstreamSchema = z.strictObject({
  backend: field(z.enum(['auto', 'file', 's3', 'none']).default('auto'), {
    description: 'Where Supabase Storage has stored the bytes of a database that was taken over. auto: where storage.backend keeps ours.',
    env: ['SUPASTOR_UPSTREAM_BACKEND'],
  }),
  path: field(text().optional(), {
    description: 'FILE_STORAGE_BACKEND_PATH of the original. Default: storage.filePath.',
    env: ['SUPASTOR_UPSTREAM_PATH'],
  }),
  tenant: field(text().default('stub'), {
    description: 'TENANT_ID of the original.',
    env: ['SUPASTOR_UPSTREAM_TENANT', 'TENANT_ID'],
  }),
  writable: field(flag().default(false), {
    description:
      'Remove bytes from the store of the original when their objects are deleted or overwritten, or imported with --remove-source.',
    env: ['SUPASTOR_UPSTREAM_WRITABLE'],
  }),
  importBytesPerSecond: field(bytes().default(50_000_000), {
    description: 'Bytes that `supastor storage import` reads per second.',
    unit: 'bytes',
    env: ['SUPASTOR_IMPORT_BYTES_PER_SECOND'],
  }),
  s3: upstreamS3Schema.prefault({}),
});

const storageImagesSchema = z.strictObject({
  enabled: field(flag().default(true), {
    description: 'Serve resized and re-encoded images under /render/image.',
    env: ['IMAGE_TRANSFORMATION_ENABLED', 'ENABLE_IMAGE_TRANSFORMATION'],
  }),
  maxSide: field(integer(1, 10_000).default(2000), {
    description: 'Largest width and height of a transformed image, in pixels.',
    env: ['IMAGE_TRANSFORMATION_LIMIT_MAX_SIZE', 'IMG_LIMITS_MAX_SIZE'],
  }),
  maxInput: field(bytes().default(50_000_000), {
    description: 'Largest image that is transformed.',
    unit: 'bytes',
    env: ['SUPASTOR_IMAGE_MAX_INPUT'],
  }),
  maxPixels: field(integer(1, 268_402_689).default(50_000_000), {
    description: 'Most pixels of an image that is transformed, all frames together.',
    env: ['SUPASTOR_IMAGE_MAX_PIXELS'],
  }),
  concurrency: field(integer(1, 64).default(2), {
    description: 'Images transformed at the same time.',
    env: ['SUPASTOR_IMAGE_CONCURRENCY'],
  }),
  cacheSize: field(bytes().default(536_870_912), {
    description: 'Transformed images kept on disk.',
    unit: 'bytes',
    env: ['SUPASTOR_IMAGE_CACHE'],
  }),
});

const webhooksSchema = z.strictObject({
  url: field(url().optional(), {
    description: 'Receives all object events; more targets are rows of storage.webhooks.',
    env: ['WEBHOOK_URL'],
  }),
  apiKey: secret({ description: 'Sent to `url` as Authorization: Bearer.', env: ['WEBHOOK_API_KEY'] }).optional(),
  secret: secret({ description: 'Key of the signatures for `url`; else one is made up.', env: ['SUPASTOR_WEBHOOK_SECRET'] }, 16).optional(),
  allowPrivate: field(flag().default(false), {
    description: 'Let webhooks go to this machine and to private networks.',
    env: ['SUPASTOR_WEBHOOK_ALLOW_PRIVATE'],
  }),
});

const storageSchema = z.strictObject({
  replicas: field(replicas(), {
    description: 'Storage servers that run side by side. The embedded target runs one.',
    env: ['SUPASTOR_STORAGE_REPLICAS'],
  }),
  managed: field(flag().default(true), {
    description: 'true: this stack runs the storage server. false: administer the one at `endpoint`.',
    env: ['SUPASTOR_STORAGE_MANAGED'],
  }),
  endpoint: field(url().optional(), {
    description: 'URL clients reach storage at, without /storage/v1. Default: http://host:port.',
    env: ['SUPASTOR_STORAGE_ENDPOINT', 'STORAGE_PUBLIC_URL'],
  }),
  host: field(text().default('127.0.0.1'), {
    description: 'Address the storage server listens on.',
    env: ['SUPASTOR_STORAGE_HOST'],
  }),
  port: field(port().default(5000), { description: 'Port the storage server listens on.', unit: 'port', env: ['SUPASTOR_STORAGE_PORT'] }),
  s3RootPort: field(port().optional(), {
    description: 'Port that speaks S3 at its root, for tools that take no path in an endpoint. Off when unset.',
    unit: 'port',
    env: ['SUPASTOR_STORAGE_S3_ROOT_PORT', 'S3_ROOT_PORT'],
  }),
  s3VirtualHostDomain: field(list().default([]), {
    description: 'Domains below which the host names the bucket over S3, as in photos.s3.example.org.',
    env: ['SUPASTOR_STORAGE_S3_VIRTUAL_HOST_DOMAIN', 'S3_VIRTUAL_HOST_DOMAIN'],
  }),
  encryptionKey: secret(
    {
      description: 'Key that encrypts the secrets of S3 access keys at rest. Default: made from auth.jwtSecret.',
      env: ['SUPASTOR_STORAGE_ENCRYPTION_KEY', 'ENCRYPTION_KEY'],
    },
    16,
  ).optional(),
  retiredEncryptionKeys: secret({
    description: 'Earlier encryption keys (and JWT secrets that served as one), with commas between them; each start encrypts anew.',
    env: ['SUPASTOR_RETIRED_ENCRYPTION_KEYS'],
  }).optional(),
  trustedProxies: field(list().default([]), {
    description: 'Addresses and ranges of proxies whose X-Forwarded-For is believed when an S3 access key is bound to addresses.',
    env: ['SUPASTOR_TRUSTED_PROXIES'],
  }),
  backend: field(z.enum(['file', 's3']).default('file'), { description: 'Where bytes are kept.', env: ['STORAGE_BACKEND'] }),
  filePath: field(text().optional(), {
    description: 'Directory of the file backend. Default: inside the state directory.',
    env: ['STORAGE_FILE_BACKEND_PATH', 'FILE_STORAGE_BACKEND_PATH'],
  }),
  diskReserve: field(bytes().default(134_217_728), {
    description:
      'Space that uploads leave free on the disk of the file backend, for a database and logs beside it; at most a twentieth of the disk.',
    unit: 'bytes',
    env: ['SUPASTOR_DISK_RESERVE'],
  }),
  fileSizeLimit: field(bytes().default(5_368_709_120), {
    description: 'Largest object that may be uploaded.',
    unit: 'bytes',
    env: ['UPLOAD_FILE_SIZE_LIMIT', 'FILE_SIZE_LIMIT'],
  }),
  maxDbConnections: field(integer(2, 1000).default(20), {
    description: 'Connections the storage server keeps to Postgres.',
    env: ['DATABASE_MAX_CONNECTIONS'],
  }),
  resumableExpiryMs: field(integer(1000).default(86_400_000), {
    description: 'Age at which an upload in parts is over, finished or not.',
    unit: 'milliseconds',
    env: ['TUS_URL_EXPIRY_MS'],
  }),
  images: storageImagesSchema.prefault({}),
  integrity: storageIntegritySchema.prefault({}),
  connections: storageConnectionsSchema.prefault({}),
  s3: storageS3Schema.prefault({}),
  upstream: upstreamSchema.prefault({}),
  webhooks: webhooksSchema.prefault({}),
  cdn: storageCdnSchema.prefault({}),
});

const metaSchema = z.strictObject({
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

const adminGraphqlSchema = z.strictObject({
  introspection: field(z.enum(['auto', 'on', 'off']).default('auto'), {
    description: 'Whether clients may read the GraphQL schema from the server. `auto`: in development only.',
    env: ['SUPASTOR_ADMIN_GRAPHQL_INTROSPECTION'],
  }),
  allowListPath: field(text().optional(), {
    description:
      'File with the only GraphQL queries that are run: a JSON array of texts, or a manifest of persisted queries. Default: any.',
    env: ['SUPASTOR_ADMIN_GRAPHQL_ALLOW_LIST_PATH'],
  }),
  maxDepth: field(integer(1, 100).default(10), {
    description: 'Deepest GraphQL query.',
    env: ['SUPASTOR_ADMIN_GRAPHQL_MAX_DEPTH'],
  }),
  maxCost: field(integer(10, 10_000_000).default(25_000), {
    description: 'Most a GraphQL query may cost: 10 for each operation, and 1 for each value that the answer may hold.',
    env: ['SUPASTOR_ADMIN_GRAPHQL_MAX_COST'],
  }),
});

const adminSchema = z.strictObject({
  host: field(text().default('127.0.0.1'), {
    description: 'Address admin-api and the dashboard listen on.',
    env: ['SUPASTOR_ADMIN_HOST'],
  }),
  port: field(port().default(8080), { description: 'Port of admin-api and the dashboard.', unit: 'port', env: ['SUPASTOR_ADMIN_PORT'] }),
  email: field(z.email('expected an e-mail address').default('admin@localhost.local'), {
    description: 'Login name of the first administrator.',
    env: ['SUPASTOR_ADMIN_EMAIL'],
  }),
  password: secret(
    { description: 'Password of the first administrator.', env: ['SUPASTOR_ADMIN_PASSWORD', 'DASHBOARD_PASSWORD'] },
    8,
  ).optional(),
  sessionSecret: secret({ description: 'Key that signs dashboard sessions.', env: ['SUPASTOR_ADMIN_SESSION_SECRET'] }, 32).optional(),
  sessionTtlSeconds: field(seconds().default(43_200), {
    description: 'How long a session lasts.',
    unit: 'seconds',
    env: ['SUPASTOR_ADMIN_SESSION_TTL_SECONDS'],
  }),
  accessTtlSeconds: field(integer(30, 86_400).default(600), {
    description: 'How long one token of a session works before it is refreshed.',
    unit: 'seconds',
    env: ['SUPASTOR_ADMIN_ACCESS_TTL_SECONDS'],
  }),
  requestTimeoutSeconds: field(integer(1, 3600).default(30), {
    description: 'A request must be complete, head and body, this long after its first byte.',
    unit: 'seconds',
    env: ['SUPASTOR_ADMIN_REQUEST_TIMEOUT_SECONDS'],
  }),
  idleTimeoutSeconds: field(integer(1, 86_400).default(120), {
    description: 'A connection of a client that takes nothing of its answer for this long is closed.',
    unit: 'seconds',
    env: ['SUPASTOR_ADMIN_IDLE_TIMEOUT_SECONDS'],
  }),
  publicUrl: field(url().optional(), {
    description: 'URL people reach the dashboard at; it is in invitations, single sign-on and passkeys. Default: http://host:port.',
    env: ['SUPASTOR_ADMIN_PUBLIC_URL'],
  }),
  passwordMinLength: field(integer(8, 128).default(12), {
    description: 'Characters a password of a user must have.',
    env: ['SUPASTOR_ADMIN_PASSWORD_MIN_LENGTH'],
  }),
  breachedPasswords: field(text().optional(), {
    description: 'File with passwords to refuse besides those that come with this release: one per line, or its SHA-1 in hex.',
    env: ['SUPASTOR_ADMIN_BREACHED_PASSWORDS'],
  }),
  auditRetentionDays: field(integer(30, 36_500).optional(), {
    description: 'How long entries of the audit trail are kept. Unset: for ever.',
    unit: 'days',
    env: ['SUPASTOR_ADMIN_AUDIT_RETENTION_DAYS'],
  }),
  trustedProxies: field(networks(), {
    description: 'Addresses or networks of proxies in front of admin-api, whose X-Forwarded-* headers are believed. Default: none.',
    env: ['SUPASTOR_ADMIN_TRUSTED_PROXIES'],
  }),
  corsOrigins: field(origins(), {
    description: 'Origins whose pages may call the API with a bearer token (never with the cookie), such as https://tools.example.org.',
    env: ['SUPASTOR_ADMIN_CORS_ORIGINS'],
  }),
  drainSeconds: field(integer(0, 300).default(0), {
    description:
      'How long a server that is told to stop says that it is not ready, before it takes no new connections: for balancers to notice.',
    unit: 'seconds',
    env: ['SUPASTOR_ADMIN_DRAIN_SECONDS'],
  }),
  limits: adminLimitsSchema.prefault({}),
  graphql: adminGraphqlSchema.prefault({}),
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
  windowSeconds: field(seconds().default(60), {
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
  monitoring: monitoringSchema.prefault({}),
  redis: redisSchema.prefault({}),
  mail: mailSchema.prefault({}),
  auth: authSchema.prefault({}),
  logging: loggingSchema.prefault({}),
  restart: restartSchema.prefault({}),
  containers: containersSchema.prefault({}),
});
export type Config = z.infer<typeof configSchema>;

/** A file's environment block: any part of {@link configSchema}, plus `extends`. */
export const EXTENDS_KEY = 'extends';
export const DEFAULT_ENVIRONMENT = 'default';
export const CONFIG_FILE_NAME = 'supastor.config.yaml';
export const CONFIG_VERSION = '1.0';
