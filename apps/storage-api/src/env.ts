import { bytes, flag, integer, list } from '@supastor/contract/config/field';
import { logLevelSchema } from '@supastor/contract/wire/log-record';
import { z } from 'zod';
import { isProxy } from './http/trusted-proxies.ts';
import { HMAC_ALGORITHMS, parseJwks } from './access/key-set.ts';

const seconds = (fallback: number) => z.coerce.number().int().positive().default(fallback);

const CDN_DRIVERS = ['endpoint', 'cloudflare', 'fastly', 'nginx', 'varnish'] as const;

/** Environment of the process. Names are upstream's where it has one, else `SUPASTOR_*`. */
const envSchema = z.object({
  SERVER_HOST: z.string().min(1).default('127.0.0.1').describe('Address to listen on.'),
  SERVER_PORT: z.coerce.number().int().min(0).max(65_535).default(5000).describe('Port to listen on; 0 takes a free one.'),
  SUPASTOR_DRAIN_SECONDS: integer(0, 300)
    .default(0)
    .describe('How long a server that is told to stop says that it is not ready and serves on: for balancers to notice.'),
  DATABASE_URL: z.string().min(1).describe('Connection of role supabase_storage_admin.'),
  DATABASE_POOL_URL: z
    .string()
    .min(1)
    .optional()
    .describe('The same database through a pooler in transaction mode, for requests; DATABASE_URL then serves what needs a session.'),
  DATABASE_REPLICA_URLS: list()
    .refine(
      (urls) => urls.every((url) => /^postgres(?:ql)?:/.test(url) && URL.canParse(url)),
      'URLs such as postgresql://user:password@host:5432/postgres',
    )
    .default([])
    .describe('Streaming standbys of DATABASE_URL, with commas between them, that answer lists and metadata.'),
  SUPASTOR_MAX_REPLICA_LAG_MS: integer(10, 60_000)
    .default(100)
    .describe('Longest that a read waits for a standby to have what it must see, in milliseconds; then the primary answers.'),
  PGSSLMODE: z
    .string()
    .optional()
    .describe('TLS to Postgres where a connection string does not say: disable, prefer, require, verify-ca or verify-full.'),
  DATABASE_SSL_ROOT_CERT: z
    .string()
    .optional()
    .describe('Certificates (PEM) of the authorities that the certificate of Postgres may be of. With them, verify-full is the default.'),
  PGSSLROOTCERT: z.string().optional().describe('The file of those certificates.'),
  PGSSLCERT: z.string().optional().describe('PEM file of the certificate that is shown to Postgres.'),
  PGSSLKEY: z.string().optional().describe('PEM file of its key.'),
  DATABASE_MAX_CONNECTIONS: z.coerce.number().int().min(2).max(1000).default(20).describe('Connections to Postgres.'),
  DATABASE_CONNECTION_TIMEOUT: integer(100, 600_000).default(5000).describe('Longest wait for a connection to Postgres, in milliseconds.'),
  DATABASE_STATEMENT_TIMEOUT: integer(100, 3_600_000).default(30_000).describe('Longest time for one statement, in milliseconds.'),
  DATABASE_FREE_POOL_AFTER_INACTIVITY: integer(1000, 86_400_000)
    .default(60_000)
    .describe('Connections to Postgres that nobody used for this long, in milliseconds, are closed.'),
  AUTH_JWT_SECRET: z.string().min(32).describe('Secret of access tokens and, without a urlSigningKey, of signed links.'),
  AUTH_JWT_ALGORITHM: z
    .enum(HMAC_ALGORITHMS, { error: `one of ${HMAC_ALGORITHMS.join(', ')}; keys of other algorithms belong into JWT_JWKS` })
    .default('HS256')
    .describe('How tokens are signed with the secret.'),
  JWT_JWKS: z
    .string()
    .transform((text, context) => {
      try {
        return parseJwks(text);
      } catch (error) {
        context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'not a JWKS' });
        return z.NEVER;
      }
    })
    .optional()
    .describe('Further keys of access tokens as {"keys":[...]}: RS256, ES256, EdDSA, HS256; "urlSigningKey" signs links.'),
  SUPASTOR_AUTH_ROLES: list().default(['anon', 'authenticated', 'service_role']).describe('Database roles a token may name.'),
  STORAGE_BACKEND: z.enum(['file', 's3']).default('file').describe('Where bytes are kept.'),
  STORAGE_FILE_BACKEND_PATH: z.string().min(1).optional().describe('Directory of the file store.'),
  SUPASTOR_DISK_RESERVE: bytes()
    .default(134_217_728)
    .describe('Space in bytes that uploads leave free on the disk of the file store, at most a twentieth of it; 0: none.'),
  STORAGE_S3_BUCKET: z.string().min(1).optional().describe('Bucket of the S3 store.'),
  STORAGE_S3_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Base URL of the S3 store; AWS when unset.'),
  STORAGE_S3_REGION: z.string().min(1).optional().describe('Region of the S3 store; REGION when unset.'),
  STORAGE_S3_FORCE_PATH_STYLE: flag().optional().describe('The bucket in the path; true when unset and an endpoint is given.'),
  STORAGE_S3_MAX_SOCKETS: integer(1, 10_000).default(200).describe('Connections to the S3 store at the same time.'),
  STORAGE_S3_CLIENT_TIMEOUT: integer(0, 3_600_000)
    .default(0)
    .describe('Longest silence of the S3 store in milliseconds; 0 for the default of 30 seconds.'),
  STORAGE_S3_UPLOAD_PART_SIZE: bytes().default(8_388_608).describe('Parts of large uploads to the S3 store, in bytes; at least 5 MiB.'),
  SUPASTOR_STORE_PREFIX: z
    .string()
    .regex(/^[\w.-]+(?:\/[\w.-]+)*\/?$/, 'letters, digits, ".", "_", "-" and "/" only')
    .optional()
    .describe('Begins all keys in the bucket of the S3 store.'),
  SUPASTOR_SCRATCH_PATH: z.string().min(1).optional().describe('Directory on this machine for what need not last.'),
  AWS_ACCESS_KEY_ID: z.string().min(1).optional().describe('Access key of the S3 store.'),
  AWS_SECRET_ACCESS_KEY: z.string().min(1).optional().describe('Secret key of the S3 store.'),
  AWS_SESSION_TOKEN: z.string().min(1).optional().describe('Session token of temporary keys of the S3 store.'),
  SUPASTOR_UPSTREAM_BACKEND: z
    .enum(['file', 's3', 'none'])
    .optional()
    .describe('Where the original has stored the bytes of a database that was taken over; as STORAGE_BACKEND when unset.'),
  SUPASTOR_UPSTREAM_PATH: z.string().min(1).optional().describe('Directory of its file backend; STORAGE_FILE_BACKEND_PATH when unset.'),
  SUPASTOR_UPSTREAM_TENANT: z.string().min(1).optional().describe('Its TENANT_ID; TENANT_ID when unset.'),
  SUPASTOR_UPSTREAM_WRITABLE: flag().default(false).describe('Remove bytes there when their objects are deleted or overwritten.'),
  SUPASTOR_UPSTREAM_S3_BUCKET: z
    .string()
    .min(1)
    .optional()
    .describe('Its GLOBAL_S3_BUCKET, a directory on its file backend; STORAGE_S3_BUCKET when unset, else stub.'),
  SUPASTOR_UPSTREAM_S3_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Base URL of its S3; STORAGE_S3_ENDPOINT when unset.'),
  SUPASTOR_UPSTREAM_S3_REGION: z.string().min(1).optional().describe('Region of its S3; that of the S3 store when unset.'),
  SUPASTOR_UPSTREAM_S3_FORCE_PATH_STYLE: flag().optional().describe('The bucket in the path; as STORAGE_S3_FORCE_PATH_STYLE when unset.'),
  SUPASTOR_UPSTREAM_S3_ACCESS_KEY_ID: z.string().min(1).optional().describe('Access key of its S3; AWS_ACCESS_KEY_ID when unset.'),
  SUPASTOR_UPSTREAM_S3_SECRET_ACCESS_KEY: z.string().min(1).optional().describe('Secret key of its S3; AWS_SECRET_ACCESS_KEY when unset.'),
  SUPASTOR_IMPORT_BYTES_PER_SECOND: bytes().default(50_000_000).describe('Bytes that an import reads per second.'),
  SUPASTOR_HEAD_TIMEOUT_SECONDS: integer(1, 3600).default(60).describe('The head of a request must be complete after this long.'),
  SUPASTOR_IDLE_TIMEOUT_SECONDS: integer(1, 86_400)
    .default(120)
    .describe('Connections on which nothing moves in either direction for this long are closed.'),
  SUPASTOR_MIN_BODY_BYTES_PER_SECOND: integer(0)
    .default(100)
    .describe('Bodies that bring less, on average over the idle time-out, are given up; 0 allows any.'),
  SERVER_KEEP_ALIVE_TIMEOUT: integer(1, 3600).default(65).describe('Connections without a request are closed after this many seconds.'),
  UPLOAD_FILE_SIZE_LIMIT: bytes().default(5_368_709_120).describe('Largest object in bytes.'),
  UPLOAD_FILE_SIZE_LIMIT_STANDARD: bytes()
    .default(0)
    .describe('Largest object that REST takes in one request, in bytes; 0: as UPLOAD_FILE_SIZE_LIMIT.'),
  STORAGE_EMPTY_BUCKET_MAX: integer(0).default(0).describe('Buckets with more objects are not emptied at once; 0: any are.'),
  TUS_URL_EXPIRY_MS: integer(1000)
    .default(86_400_000)
    .describe('Age in milliseconds at which an upload in parts is over, finished or not.'),
  STORAGE_PUBLIC_URL: z.url().optional().describe('Base URL that clients use, without /storage/v1; else each request says.'),
  UPLOAD_SIGNED_URL_EXPIRATION_TIME: seconds(7200).describe('Lifetime of signed upload links in seconds.'),
  SUPASTOR_RETIRED_GRACE_SECONDS: seconds(60).describe('Replaced and deleted bytes stay this long for readers.'),
  SUPASTOR_EVENT_RETENTION_SECONDS: seconds(86_400).describe('Object events are kept this long.'),
  SUPASTOR_COLLECT_PERIOD_MS: z.coerce.number().int().min(100).default(15_000).describe('Pause between rounds of cleaning.'),
  SUPASTOR_SCAN_PERIOD_SECONDS: integer(0).default(86_400).describe('Rows and bytes are compared this often; 0: on request only.'),
  SUPASTOR_SCAN_GRACE_SECONDS: integer(0).default(3600).describe('Only older bytes without a row are taken for strays.'),
  SUPASTOR_SCRUB_PERIOD_SECONDS: integer(0).default(2_592_000).describe('All bytes are read again this often; 0: on request only.'),
  SUPASTOR_SCRUB_BYTES_PER_SECOND: bytes(1).default(20_000_000).describe('Bytes that a scrub reads per second.'),
  SUPASTOR_QUARANTINE_SECONDS: seconds(1_209_600).describe('What a scan moved out of the way is removed for good after this long.'),
  IMAGE_TRANSFORMATION_ENABLED: flag().default(true).describe('Serve /render/image.'),
  IMAGE_TRANSFORMATION_LIMIT_MIN_SIZE: integer(1, 10_000).default(1).describe('Smallest width and height of a transformed image.'),
  IMAGE_TRANSFORMATION_LIMIT_MAX_SIZE: integer(1, 10_000).default(2000).describe('Largest width and height of a transformed image.'),
  SUPASTOR_IMAGE_MAX_INPUT: bytes().default(50_000_000).describe('Largest source of a transformation in bytes.'),
  SUPASTOR_IMAGE_MAX_PIXELS: integer(1, 268_402_689).default(50_000_000).describe('Most pixels of a source, all frames together.'),
  SUPASTOR_IMAGE_CONCURRENCY: integer(1, 64).default(2).describe('Images transformed at the same time.'),
  SUPASTOR_IMAGE_QUEUE: integer(0, 10_000).default(100).describe('Images that may wait for their turn.'),
  RATE_LIMITER_ENABLED: flag().default(false).describe('Limit how often one address may ask for the same image of /render/image.'),
  RATE_LIMITER_RENDER_PATH_MAX_REQ_SEC: integer(1, 1_000_000)
    .default(5)
    .describe('Requests per second, on average over four, that one server answers one address for one image.'),
  IMGPROXY_REQUEST_TIMEOUT: seconds(15).describe('Longest time for one image in seconds.'),
  SUPASTOR_IMAGE_CACHE: bytes().default(536_870_912).describe('Transformed images kept on disk, in bytes.'),
  WEBHOOK_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Target of all object events; more are in storage.webhooks.'),
  WEBHOOK_API_KEY: z.string().optional().describe('Sent to that target as Authorization: Bearer.'),
  SUPASTOR_WEBHOOK_SECRET: z.string().min(16).optional().describe('Key of the signatures for that target; else one is made up.'),
  SUPASTOR_WEBHOOK_ALLOW_PRIVATE: flag().default(false).describe('Let webhooks go to this machine and to private networks.'),
  SUPASTOR_WEBHOOK_TIMEOUT_MS: integer(100, 120_000).default(10_000).describe('Longest wait for a receiver, in milliseconds.'),
  SUPASTOR_WEBHOOK_BACKOFF_MS: integer(10, 3_600_000).default(1000).describe('Wait after the first failure; doubles, up to an hour.'),
  SUPASTOR_WEBHOOK_MAX_ATTEMPTS: integer(1, 100).default(15).describe('Attempts until a webhook is put aside as dead.'),
  SUPASTOR_WEBHOOK_CONCURRENCY: integer(1, 256).default(16).describe('Webhooks on the way at the same time, per server.'),
  SUPASTOR_WEBHOOK_RETENTION_SECONDS: seconds(604_800).describe('Delivered and dead webhooks can be replayed this long.'),
  CDN_PURGE_ENDPOINT_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Base URL of what purges the cache in front, or of the API of Cloudflare or Fastly instead of theirs.'),
  CDN_PURGE_ENDPOINT_KEY: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'printable ASCII without spaces only')
    .optional()
    .describe('Its token.'),
  SUPASTOR_CDN_DRIVER: z
    .enum(CDN_DRIVERS)
    .default('endpoint')
    .describe('What the cache in front is. endpoint: a service with the orders of the original; off without CDN_PURGE_ENDPOINT_URL.'),
  SUPASTOR_CDN_ZONE: z.string().min(1).optional().describe('Zone of Cloudflare, or service of Fastly.'),
  SUPASTOR_CDN_CACHES: list()
    .refine((urls) => urls.every((url) => /^https?:/.test(url) && URL.canParse(url)), 'URLs such as http://cache:80')
    .default([])
    .describe('Every nginx or Varnish in front.'),
  SUPASTOR_CDN_AUTO_PURGE: flag().optional().describe('Purge objects that change. Default: with every driver but endpoint.'),
  TENANT_ID: z.string().min(1).default('stub').describe('Access key of S3 session mode, and the S3 owner id.'),
  ANON_KEY: z.string().optional().describe('Secret of S3 session mode; without it the mode is off.'),
  S3_PROTOCOL_ENABLED: flag().default(true).describe('Speak S3.'),
  S3_PROTOCOL_ACCESS_KEY_ID: z.string().optional().describe('Access key that acts as service_role over S3.'),
  S3_PROTOCOL_ACCESS_KEY_SECRET: z.string().optional().describe('Secret of that access key.'),
  S3_PROTOCOL_ENFORCE_REGION: flag().default(false).describe('Refuse S3 signatures for another region.'),
  S3_ALLOW_FORWARDED_HEADER: flag().default(false).describe('Trust X-Forwarded-Host when checking S3 signatures.'),
  S3_VIRTUAL_HOST_DOMAIN: list().default([]).describe('Domains below which the host names the bucket, as bucket.s3.example.org.'),
  ENCRYPTION_KEY: z.string().min(16).optional().describe('Seals the secrets of S3 access keys; the JWT secret does so when unset.'),
  SUPASTOR_RETIRED_ENCRYPTION_KEYS: list().default([]).describe('Earlier ENCRYPTION_KEYs and JWT secrets that sealed some of them.'),
  SUPASTOR_TRUSTED_PROXIES: list()
    .refine((proxies) => proxies.every(isProxy), 'addresses, ranges such as 10.0.0.0/8 and names of hosts, with commas between them')
    .default([])
    .describe('Proxies whose X-Forwarded-For tells S3 access keys with IP ranges, and the log, where a request came from.'),
  REGION: z.string().min(1).default('us-east-1').describe('Region that S3 buckets are said to be in.'),
  SUPASTOR_MULTIPART_EXPIRY_SECONDS: seconds(604_800).describe('S3 multipart uploads without a new part for this long are given up.'),
  S3_ROOT_PORT: z.coerce.number().int().min(0).max(65_535).optional().describe('Port that speaks S3 at its root; off when unset.'),
  LOG_LEVEL: logLevelSchema.default('info').describe('Least severe level that is written.'),
});
export type Env = z.infer<typeof envSchema>;

export type ParsedEnv = { readonly ok: true; readonly env: Env } | { readonly ok: false; readonly problems: readonly string[] };

/** Smallest part of an upload that S3 takes. */
const MIN_PART_BYTES = 5 * 1024 * 1024;

const NEEDED = {
  file: ['STORAGE_FILE_BACKEND_PATH'],
  s3: ['STORAGE_S3_BUCKET', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
} as const satisfies Record<Env['STORAGE_BACKEND'], readonly (keyof Env)[]>;

/** Other names of the same variables, as Supabase's deployments use them; the name itself wins. */
const ALIASES: Readonly<Record<string, keyof Env>> = {
  AUTH_ENCRYPTION_KEY: 'ENCRYPTION_KEY',
  ENABLE_RATE_LIMITER: 'RATE_LIMITER_ENABLED',
  ENABLE_IMAGE_TRANSFORMATION: 'IMAGE_TRANSFORMATION_ENABLED',
  IMG_LIMITS_MIN_SIZE: 'IMAGE_TRANSFORMATION_LIMIT_MIN_SIZE',
  IMG_LIMITS_MAX_SIZE: 'IMAGE_TRANSFORMATION_LIMIT_MAX_SIZE',
  FILE_STORAGE_BACKEND_PATH: 'STORAGE_FILE_BACKEND_PATH',
  FILE_SIZE_LIMIT: 'UPLOAD_FILE_SIZE_LIMIT',
  FILE_SIZE_LIMIT_STANDARD_UPLOAD: 'UPLOAD_FILE_SIZE_LIMIT_STANDARD',
  SIGNED_UPLOAD_URL_EXPIRATION_TIME: 'UPLOAD_SIGNED_URL_EXPIRATION_TIME',
  GLOBAL_S3_BUCKET: 'STORAGE_S3_BUCKET',
  GLOBAL_S3_ENDPOINT: 'STORAGE_S3_ENDPOINT',
  GLOBAL_S3_FORCE_PATH_STYLE: 'STORAGE_S3_FORCE_PATH_STYLE',
  GLOBAL_S3_MAX_SOCKETS: 'STORAGE_S3_MAX_SOCKETS',
  PGRST_JWT_SECRET: 'AUTH_JWT_SECRET',
  PGRST_JWT_ALGORITHM: 'AUTH_JWT_ALGORITHM',
  PORT: 'SERVER_PORT',
  PROJECT_REF: 'TENANT_ID',
  QUEUE_WEBHOOK_CONCURRENCY: 'SUPASTOR_WEBHOOK_CONCURRENCY',
  SERVER_HEADERS_TIMEOUT: 'SUPASTOR_HEAD_TIMEOUT_SECONDS',
  SERVER_REGION: 'REGION',
};

/** Checks the environment; all problems at once. */
export function parseEnv(source: Readonly<Record<string, string | undefined>>): ParsedEnv {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''));
  const aliased = Object.entries(ALIASES).map(([alias, name]) => [name, present[alias]]);
  const renamed = Object.fromEntries(aliased.filter(([, value]) => value !== undefined));
  const result = envSchema.safeParse({ ...renamed, ...present });
  const problems = result.success ? storeProblems(result.data) : result.error.issues.map(describeIssue);
  return result.success && problems.length === 0 ? { ok: true, env: result.data } : { ok: false, problems };
}

/** What the chosen store needs and does not have. */
function storeProblems(env: Env): readonly string[] {
  const needed = NEEDED[env.STORAGE_BACKEND].filter((name) => env[name] === undefined);
  const problems = needed.map((name) => `${name}: is needed when STORAGE_BACKEND is ${env.STORAGE_BACKEND}`);
  problems.push(...upstreamProblems(env), ...cdnProblems(env));
  if (env.S3_ROOT_PORT !== undefined && !env.S3_PROTOCOL_ENABLED) problems.push('S3_ROOT_PORT: needs S3_PROTOCOL_ENABLED');
  if (env.STORAGE_S3_UPLOAD_PART_SIZE < MIN_PART_BYTES) problems.push('STORAGE_S3_UPLOAD_PART_SIZE: S3 takes parts of at least 5 MiB');
  return problems;
}

/** What the chosen kind of cache needs and does not have. */
function cdnProblems(env: Env): readonly string[] {
  const { SUPASTOR_CDN_DRIVER: driver, SUPASTOR_CDN_CACHES: caches } = env;
  const because = `is needed when SUPASTOR_CDN_DRIVER is ${driver}`;
  if (driver === 'nginx' || driver === 'varnish') return caches.length === 0 ? [`SUPASTOR_CDN_CACHES: ${because}`] : [];
  if (driver === 'endpoint') return [];
  const needed = ['SUPASTOR_CDN_ZONE', 'CDN_PURGE_ENDPOINT_KEY'] as const;
  return needed.filter((name) => env[name] === undefined).map((name) => `${name}: ${because}`);
}

/** What the store of the original needs when it was named and not only guessed. */
function upstreamProblems(env: Env): readonly string[] {
  const missing = (names: readonly (keyof Env)[]) => names.every((name) => env[name] === undefined);
  const needed = {
    file: [['SUPASTOR_UPSTREAM_PATH', 'STORAGE_FILE_BACKEND_PATH']],
    s3: [
      ['SUPASTOR_UPSTREAM_S3_BUCKET', 'STORAGE_S3_BUCKET'],
      ['SUPASTOR_UPSTREAM_S3_ACCESS_KEY_ID', 'AWS_ACCESS_KEY_ID'],
      ['SUPASTOR_UPSTREAM_S3_SECRET_ACCESS_KEY', 'AWS_SECRET_ACCESS_KEY'],
    ],
    none: [],
  } as const satisfies Record<string, readonly (readonly (keyof Env)[])[]>;
  const { SUPASTOR_UPSTREAM_BACKEND: backend = 'none' } = env;
  return needed[backend].flatMap((names) =>
    missing(names) ? [`${names[0]}: is needed when SUPASTOR_UPSTREAM_BACKEND is ${backend}`] : [],
  );
}

function describeIssue({ path, message }: z.core.$ZodIssue): string {
  return `${path.join('.')}: ${message}`;
}
