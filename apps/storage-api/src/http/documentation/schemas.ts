import { type JsonSchema, toJsonSchema } from '@supastor/contract/operations/json-schema';
import {
  adoptedBytesSchema,
  damagedVersionSchema,
  maintenanceRunSchema,
  quarantineEntrySchema,
  quarantineRestoredSchema,
} from '@supastor/contract/wire/maintenance';
import { s3KeySchema, s3KeyWithSecretSchema } from '@supastor/contract/wire/s3-key';
import { linkPageSchema, linkRevokedSchema } from '@supastor/contract/wire/signed-link';
import { quotaSchema } from '@supastor/contract/wire/quota';
import {
  deliveryPageSchema,
  replayedSchema,
  webhookSchema,
  webhookTestSchema,
  webhookWithSecretSchema,
} from '@supastor/contract/wire/webhook';
import { lifecycleSchema } from '../../lifecycle/lifecycle-rules.ts';

const text = { type: 'string' };
const flag = { type: 'boolean' };
const time = { type: 'string', format: 'date-time' };
const orNull = (schema: { readonly type: string; readonly format?: string }) => ({ ...schema, type: [schema.type, 'null'] });
const closed = (properties: Readonly<Record<string, unknown>>, optional: readonly string[] = []): JsonSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
});

const systemMetadata = {
  type: ['object', 'null'],
  description: 'What the server knows of the bytes; null for a folder.',
  properties: { eTag: text, size: { type: 'integer' }, mimetype: text, cacheControl: text, lastModified: text, contentEncoding: text },
};
const userMetadata = { type: ['object', 'null'], description: 'What the uploader said.' };

const bucket = {
  id: text,
  name: text,
  owner: text,
  public: flag,
  file_size_limit: { type: ['integer', 'null'], description: 'In bytes.' },
  allowed_mime_types: { type: ['array', 'null'], items: text },
  created_at: time,
  updated_at: time,
  versioning_status: { type: 'string', enum: ['DISABLED', 'ENABLED', 'SUSPENDED'] },
};
const listed = {
  id: orNull(text),
  updated_at: orNull(time),
  created_at: orNull(time),
  last_accessed_at: orNull(time),
  metadata: systemMetadata,
};
/** Only when versions are asked for. */
const versionFields = { version: orNull(text), archived_at: orNull(time), is_delete_marker: orNull(flag), is_versioned: orNull(flag) };
const VERSION_NAMES = Object.keys(versionFields);
const row = {
  id: text,
  name: text,
  bucket_id: text,
  owner: orNull(text),
  owner_id: orNull(text),
  version: orNull(text),
  created_at: time,
  updated_at: time,
  last_accessed_at: time,
  metadata: systemMetadata,
  user_metadata: userMetadata,
  archived_at: orNull(time),
  is_delete_marker: flag,
  is_versioned: flag,
};
const dependency = closed({ healthy: flag, detail: orNull(text) });
const due = closed({ count: { type: 'integer' }, bytes: { type: 'number' } });

/** Schemas that answers refer to by name. */
export const COMPONENT_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  Error: {
    ...closed({ statusCode: { type: 'string', description: 'The real status.' }, error: text, message: text, code: text }),
    description: 'The HTTP status is 400 for nearly all of them.',
  },
  Bucket: closed(bucket),
  ListedBucket: closed({ ...bucket, type: text }),
  ListedEntry: closed({ name: text, ...listed, ...versionFields }, VERSION_NAMES),
  ListPage: closed(
    {
      hasNext: flag,
      nextCursor: text,
      nextCursorKey: text,
      folders: { type: 'array', items: closed({ key: text, name: text }, ['key']) },
      objects: { type: 'array', items: closed({ key: text, name: text, ...listed, ...versionFields }, ['key', ...VERSION_NAMES]) },
    },
    ['nextCursor', 'nextCursorKey'],
  ),
  Object: closed(row),
  Copied: closed({ Id: text, Key: text, ...row }),
  Moved: closed({ message: text, Id: text, Key: text }),
  Uploaded: closed({ Key: text, Id: text }),
  ObjectInfo: closed({
    id: text,
    name: text,
    version: orNull(text),
    bucket_id: text,
    size: orNull({ type: 'integer' }),
    content_type: orNull(text),
    cache_control: orNull(text),
    content_encoding: orNull(text),
    etag: orNull(text),
    metadata: { type: 'object', description: 'What the uploader said.' },
    last_modified: text,
    created_at: time,
    archived_at: orNull(time),
    is_delete_marker: flag,
    is_versioned: flag,
  }),
  SignedPath: closed({ error: orNull(text), path: text, signedURL: orNull(text) }),
  Lifecycle: toJsonSchema(lifecycleSchema, 'output'),
  LifecyclePreview: closed({
    rules: { type: 'array', items: { type: 'object', properties: { id: text }, required: ['id'], additionalProperties: due } },
  }),
  Health: closed({ healthy: flag, dependencies: closed({ database: dependency, store: dependency }) }),
  MaintenanceRun: toJsonSchema(maintenanceRunSchema, 'output'),
  AdoptedBytes: toJsonSchema(adoptedBytesSchema, 'output'),
  DamagedVersion: toJsonSchema(damagedVersionSchema, 'output'),
  QuarantineEntry: toJsonSchema(quarantineEntrySchema, 'output'),
  QuarantineRestored: toJsonSchema(quarantineRestoredSchema, 'output'),
  Webhook: toJsonSchema(webhookSchema, 'output'),
  WebhookWithSecret: toJsonSchema(webhookWithSecretSchema, 'output'),
  WebhookTest: toJsonSchema(webhookTestSchema, 'output'),
  WebhookDeliveryPage: toJsonSchema(deliveryPageSchema, 'output'),
  WebhookReplayed: toJsonSchema(replayedSchema, 'output'),
  Quota: toJsonSchema(quotaSchema, 'output'),
  SignedLinkPage: toJsonSchema(linkPageSchema, 'output'),
  SignedLinksRevoked: toJsonSchema(linkRevokedSchema, 'output'),
  S3Key: toJsonSchema(s3KeySchema, 'output'),
  S3KeyWithSecret: toJsonSchema(s3KeyWithSecretSchema, 'output'),
};
