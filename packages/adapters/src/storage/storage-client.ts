import { SupastorError } from '@supastor/contract/errors';
import {
  wireBucketSchema,
  wirePageSchema,
  wireRemovedSchema,
  wireSignedSchema,
  wireUploadUrlSchema,
} from '@supastor/contract/wire/storage-protocol';
import type { MaintenanceAdmin } from '@supastor/core/maintenance/maintenance-admin.port';
import type { SignedLink, StorageAdmin } from '@supastor/core/objects/storage-admin.port';
import type { S3KeyAdmin } from '@supastor/core/s3-keys/s3-key-admin.port';
import { createJsonHttp, type JsonRequest } from './json-http.ts';
import { createMaintenanceClient } from './maintenance-client.ts';
import type { LinkAdmin } from '@supastor/core/links/link-admin.port';
import type { QuotaAdmin } from '@supastor/core/quotas/quota-admin.port';
import type { WebhookAdmin } from '@supastor/core/webhooks/webhook-admin.port';
import type { z } from 'zod';
import { createQuotaClient } from './quota-client.ts';
import { createWebhookClient } from './webhook-client.ts';
import { createLinkClient } from './link-client.ts';
import { createObjectDetailClient } from './object-detail-client.ts';
import { requireMadeVersioned, requireVersioned } from './require-versions.ts';
import { createSharedReads } from './shared-reads.ts';
import { createS3KeyClient } from './s3-key-client.ts';
import { encodePath, tokenOf } from './signed-url.ts';
import { toStorageError } from './storage-errors.ts';
import { toObjectPage } from './object-page.ts';

export interface StorageClientOptions {
  /** URL this process reaches storage at, with its path (`http://127.0.0.1:5000/storage/v1`). */
  readonly url: string;
  /** URL browsers reach it at, with its path; signed links are built on it. */
  readonly publicUrl: string;
  readonly serviceRoleKey: string;
  readonly timeoutMs?: number;
}

export interface StorageClient extends StorageAdmin {
  /** Access keys of its S3 endpoint. */
  readonly s3Keys: S3KeyAdmin;
  readonly links: LinkAdmin;
  readonly webhooks: WebhookAdmin;
  readonly quotas: QuotaAdmin;
  /** Scans, scrubs and quarantine. */
  readonly maintenance: MaintenanceAdmin;
  close(): void;
}

/** How many times the longest silence a shared read may take in all. */
const SLOWEST_FACTOR = 4;

type WireBucket = z.output<typeof wireBucketSchema>;
type Parser<T> = { parse(value: unknown): T };

/** Speaks the Supabase Storage protocol as service_role, to our server or the official one. */
export function createStorageClient(options: StorageClientOptions): StorageClient {
  const { timeoutMs = 30_000 } = options;
  const http = createJsonHttp({
    baseUrl: trimSlash(options.url),
    serverName: 'storage',
    timeoutMs,
    headers: { authorization: `Bearer ${options.serviceRoleKey}`, apikey: options.serviceRoleKey },
  });
  const publicUrl = trimSlash(options.publicUrl);
  const shareLists = createSharedReads<WireBucket[]>();
  const shareBuckets = createSharedReads<WireBucket>();

  async function send(request: JsonRequest): Promise<unknown> {
    const response = await http.send(request);
    if (response.status < 200 || response.status >= 300) throw toStorageError(response);
    return response.body;
  }
  const sendFor = async <T>(parser: Parser<T>, request: JsonRequest): Promise<T> => understand(parser, await send(request), request.path);

  /** For reads that are shared: they do not end when one of those who wait goes away. */
  const longest = () => AbortSignal.timeout(timeoutMs * SLOWEST_FACTOR);

  return {
    close: () => http.close(),
    s3Keys: createS3KeyClient(send),
    details: createObjectDetailClient(send, publicUrl),
    links: createLinkClient(send),
    webhooks: createWebhookClient(send),
    quotas: createQuotaClient(send),
    maintenance: createMaintenanceClient(send),
    listBuckets({ search, limit, offset }) {
      const query = new URLSearchParams({ limit: String(limit), offset: String(offset), sortColumn: 'name', sortOrder: 'asc' });
      if (search) query.set('search', search);
      const path = `/bucket?${query.toString()}`;
      return shareLists(path, () => sendFor(wireBucketSchema.array(), { method: 'GET', path, signal: longest() }));
    },
    getBucket(bucket) {
      const path = bucketPath(bucket);
      return shareBuckets(path, () => sendFor(wireBucketSchema, { method: 'GET', path, signal: longest() }));
    },
    async createBucket(name, settings, signal) {
      await send({ method: 'POST', path: '/bucket', body: { id: name, name, ...settings }, signal });
      await requireMadeVersioned(send, bucketPath(name), settings.versioning_status, signal);
    },
    async updateBucket(bucket, settings, signal) {
      await requireVersioned(send, bucketPath(bucket), settings.versioning_status, signal);
      await send({ method: 'PUT', path: bucketPath(bucket), body: settings, signal });
    },
    async emptyBucket(bucket, signal) {
      await send({ method: 'POST', path: `${bucketPath(bucket)}/empty`, body: {}, signal });
    },
    async deleteBucket(bucket, signal) {
      await send({ method: 'DELETE', path: bucketPath(bucket), body: {}, signal });
    },
    async listObjects({ bucket, prefix, cursor, limit, folders }, signal) {
      const body = { prefix, limit, with_delimiter: folders, ...(cursor !== undefined && { cursor }) };
      const page = await sendFor(wirePageSchema, {
        method: 'POST',
        path: `/object/list-v2/${encodeURIComponent(bucket)}`,
        body,
        signal,
      });
      return toObjectPage(page, prefix);
    },
    async signDownloads(bucket, paths, expiresIn, signal) {
      const path = `/object/sign/${encodeURIComponent(bucket)}`;
      const signed = await sendFor(wireSignedSchema, { method: 'POST', path, body: { expiresIn, paths }, signal });
      return signed.map((entry): SignedLink => {
        const token = tokenOf(entry.signedURL ?? '');
        const url = token === null ? null : `${publicUrl}${path}/${encodePath(entry.path)}?token=${token}`;
        return { path: entry.path, url, error: url === null ? (entry.error ?? 'not signed') : null };
      });
    },
    async signUpload(bucket, objectPath, overwrite, signal) {
      const path = `/object/upload/sign/${encodeURIComponent(bucket)}/${encodePath(objectPath)}`;
      const headers = { 'x-upsert': String(overwrite) };
      const { url } = await sendFor(wireUploadUrlSchema, { method: 'POST', path, body: {}, headers, signal });
      const token = tokenOf(url);
      if (token === null) throw new SupastorError('SJ_UPSTREAM_FAILED', 'The storage server returned an upload URL without a token.');
      return `${publicUrl}${path}?token=${token}`;
    },
    async removeObjects(bucket, paths, signal) {
      const path = `/object/${encodeURIComponent(bucket)}`;
      const removed = await sendFor(wireRemovedSchema, { method: 'DELETE', path, body: { prefixes: paths }, signal });
      return removed.map(({ name }) => name);
    },
    async transferObject({ verb, bucket, from, toBucket, to, overwrite }, signal) {
      const body = { bucketId: bucket, sourceKey: from, destinationBucket: toBucket, destinationKey: to };
      // The protocol's move refuses a taken target; the source is removed only once the copy stands.
      const isPlainMove = verb === 'move' && !overwrite;
      const headers = { 'x-upsert': String(overwrite) };
      await send({ method: 'POST', path: isPlainMove ? '/object/move' : '/object/copy', body, headers, signal });
      if (verb === 'move' && !isPlainMove) {
        await send({ method: 'DELETE', path: `/object/${encodeURIComponent(bucket)}`, body: { prefixes: [from] }, signal });
      }
    },
    async ping(signal) {
      await send({ method: 'GET', path: '/bucket?limit=1', signal });
    },
  };
}

function understand<T>(parser: Parser<T>, body: unknown, path: string): T {
  try {
    return parser.parse(body);
  } catch (cause) {
    throw new SupastorError('SJ_UPSTREAM_FAILED', `The storage server answered ${path.split('?')[0]} in a shape we do not know.`, {
      cause,
    });
  }
}

function bucketPath(bucket: string): string {
  return `/bucket/${encodeURIComponent(bucket)}`;
}

function trimSlash(url: string): string {
  return url.endsWith('/') ? url.slice(0, -1) : url;
}
