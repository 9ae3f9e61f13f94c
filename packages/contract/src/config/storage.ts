import { z } from 'zod';
import { ENGINES } from './engines.ts';
import { storageCdnSchema } from './cdn.ts';
import { storageConnectionsSchema } from './connections.ts';
import { replicas } from './containers.ts';
import { bytes, field, flag, integer, list, port, secret, text, url } from './field.ts';
import { storageIntegritySchema } from './integrity.ts';

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

/** The storage server: where it listens, where its bytes are, and its limits. */
export const storageSchema = z.strictObject({
  replicas: field(replicas(), {
    description: 'Storage servers that run side by side. The embedded target runs one.',
    env: ['SUPASTOR_STORAGE_REPLICAS'],
  }),
  managed: field(flag().default(true), {
    description: 'true: this stack runs the storage server. false: administer the one at `endpoint`.',
    env: ['SUPASTOR_STORAGE_MANAGED'],
  }),
  engine: field(z.enum(ENGINES).default('builtin'), {
    description: 'builtin: our storage server. supabase: the official one, as an image; for targets that run containers.',
    env: ['SUPASTOR_STORAGE_ENGINE'],
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
