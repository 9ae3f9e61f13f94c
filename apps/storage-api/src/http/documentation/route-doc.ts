import type { JsonSchema } from '@supastor/contract/operations/json-schema';

export const DOC_TAGS = {
  object: 'Objects: bytes, listings, links',
  bucket: 'Buckets and their rules',
  s3: 'The S3 protocol, with signatures of AWS',
  transformation: 'Pictures, resized and re-encoded',
  resumable: 'Resumable uploads (TUS 1.0)',
  cdn: 'The cache in front of this server',
  health: 'Health, version and figures of the server',
  maintenance: 'Scans, scrubs and the quarantine; for service_role',
  webhooks: 'Targets of object events and messages to them; for service_role',
  quotas: 'Limits of buckets and owners; for service_role',
  links: 'Signed links that were made or used; for service_role',
  's3-keys': 'Access keys of the S3 door; for service_role',
  vector: 'Vector buckets, which this server does not have',
  iceberg: 'Analytics buckets, which this server does not have',
} as const;
type DocTag = keyof typeof DOC_TAGS;

/** What a route answers with one status. */
export interface DocAnswer {
  readonly description: string;
  /** Schema by media type; absent for an answer without a body. `*` is any type. */
  readonly content?: Readonly<Record<string, JsonSchema>>;
}

/** What cannot be seen from a registered route: what it is for and what it answers. Params, query and JSON bodies come from its schema. */
export interface RouteDoc {
  readonly summary: string;
  readonly tag: DocTag;
  /** Body by media type, where the route reads it without a schema of Fastify. */
  readonly body?: Readonly<Record<string, JsonSchema>>;
  /** Query that the route checks itself, as the schema of an object. */
  readonly query?: JsonSchema;
  /** Headers with a meaning of their own, in lower case. */
  readonly headers?: readonly string[];
  readonly answers: Readonly<Record<number, DocAnswer>>;
}

/** By method and path as they are registered, such as `GET /bucket/:bucketId`. HEAD is described by its GET unless it has a row. */
export type RouteDocs = Readonly<Record<string, RouteDoc>>;

export const ref = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });

export const json = (description: string, schema: JsonSchema): DocAnswer => ({ description, content: { 'application/json': schema } });

export const message = (text: string): DocAnswer =>
  json(text, { type: 'object', properties: { message: { type: 'string' } }, required: ['message'], additionalProperties: false });

export const BYTES: JsonSchema = { type: 'string', format: 'binary' };
