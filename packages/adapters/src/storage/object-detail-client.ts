import { SupastorError } from '@supastor/contract/errors';
import type { ObjectVersion } from '@supastor/contract/operations/object-details';
import {
  wireArchiveSchema,
  wireDeletedSchema,
  wireInfoSchema,
  wireSignedOneSchema,
  wireVersionsSchema,
} from '@supastor/contract/wire/storage-protocol';
import type { ObjectDetailAdmin } from '@supastor/core/objects/object-details.port';
import { askOurs, type Send } from './ask-ours.ts';
import { versionsMissing } from './require-versions.ts';
import { encodePath, tokenOf } from './signed-url.ts';

const NO_ARCHIVES = {
  message: 'The storage server does not make archives of folders.',
  hint: 'Use the storage server of Supastor (storage.managed: true), or copy the folder over S3.',
} as const;

/** The part of the storage protocol that is about single objects and folders. `publicUrl` has no slash at its end. */
export function createObjectDetailClient(send: Send, publicUrl: string): ObjectDetailAdmin {
  const details: ObjectDetailAdmin = {
    async info(bucket, path, signal) {
      const answer = await send({ method: 'GET', path: `/object/info/authenticated/${addressOf(bucket, path)}`, signal });
      const info = wireInfoSchema.parse(answer);
      return {
        path,
        versionId: info.version ?? null,
        sizeBytes: info.size ?? null,
        mimeType: info.content_type ?? null,
        cacheControl: info.cache_control ?? null,
        etag: info.etag ?? null,
        metadata: info.metadata ?? {},
        createdAt: info.created_at ?? null,
        updatedAt: info.last_modified ?? null,
      };
    },
    async describe(bucket, path, { mimeType, cacheControl, metadata }, signal) {
      const body = { ...copyOnto(bucket, path), copyMetadata: false, metadata: { mimetype: mimeType, cacheControl } };
      const headers = { 'x-upsert': 'true', 'x-metadata': Buffer.from(JSON.stringify(metadata)).toString('base64') };
      await send({ method: 'POST', path: '/object/copy', body, headers, signal });
    },
    async versions(bucket, path, signal) {
      const body = { prefix: path, limit: 1000, exactMatch: true, noncurrentVersions: 'include', deleteMarkers: 'include' };
      const answer = await send({ method: 'POST', path: `/object/list/${encodeURIComponent(bucket)}`, body, signal });
      return wireVersionsSchema.parse(answer).flatMap((entry): ObjectVersion[] => {
        // Servers without versions list what lies below the path instead.
        if (typeof entry.version !== 'string' || entry.archived_at === undefined) return [];
        return [
          {
            versionId: entry.version,
            isCurrent: entry.archived_at === null,
            isDeleteMarker: entry.is_delete_marker ?? false,
            sizeBytes: entry.metadata?.size ?? null,
            mimeType: entry.metadata?.mimetype ?? null,
            etag: entry.metadata?.eTag ?? null,
            createdAt: entry.metadata?.lastModified ?? entry.created_at ?? null,
            archivedAt: entry.archived_at,
          },
        ];
      });
    },
    async deleted({ bucket, prefix, cursor, limit }, signal) {
      const body = { prefix, limit, deleteMarkers: 'only', ...(cursor !== undefined && { cursor }) };
      const answer = await send({ method: 'POST', path: `/object/list-v2/${encodeURIComponent(bucket)}`, body, signal });
      const page = wireDeletedSchema.parse(answer);
      // Servers without versions do not know what is asked, and list what is there.
      const objects = page.objects.filter((entry) => entry.is_delete_marker === true);
      return {
        objects: objects.map(({ name, created_at }) => ({ path: name, deletedAt: created_at ?? null })),
        nextCursor: page.hasNext ? (page.nextCursor ?? null) : null,
      };
    },
    async restore(bucket, path, sourceVersionId, signal) {
      await requireVersions(bucket, path, signal);
      const body = { ...copyOnto(bucket, path), sourceVersionId };
      await send({ method: 'POST', path: '/object/copy', body, headers: { 'x-upsert': 'true' }, signal });
    },
    async sign({ bucket, path, versionId, picture, expiresInSeconds }, signal) {
      if (versionId !== undefined) await requireVersions(bucket, path, signal);
      const address = addressOf(bucket, path);
      const body = { expiresIn: expiresInSeconds, ...(versionId && { versionId }), ...(picture && { transform: picture }) };
      const { signedURL } = wireSignedOneSchema.parse(await send({ method: 'POST', path: `/object/sign/${address}`, body, signal }));
      const token = tokenOf(signedURL);
      if (token === null) throw new SupastorError('SJ_UPSTREAM_FAILED', 'The storage server returned a link without a token.');
      return `${publicUrl}/${picture ? 'render/image' : 'object'}/sign/${address}?token=${token}`;
    },
    async signFolder(bucket, prefix, expiresIn, signal) {
      const path = `/archive/${encodeURIComponent(bucket)}`;
      const answer = await askOurs(send, { method: 'POST', path, body: { prefix, expiresIn }, signal }, NO_ARCHIVES);
      const { signedURL, objects, bytes } = wireArchiveSchema.parse(answer);
      return { url: publicUrl + signedURL, objects, bytes };
    },
    async purge(bucket, path, signal) {
      await send({ method: 'DELETE', path: `/cdn/${addressOf(bucket, path)}?transformations=true`, body: {}, signal });
    },
  };

  /** A server without versions would take the newest for any. @throws SJ_TARGET_UNSUPPORTED, SJ_NOT_FOUND */
  async function requireVersions(bucket: string, path: string, signal: AbortSignal): Promise<void> {
    if ((await details.versions(bucket, path, signal)).length > 0) return;
    await details.info(bucket, path, signal);
    throw versionsMissing('The storage server keeps no versions of objects.');
  }
  return details;
}

function addressOf(bucket: string, path: string): string {
  return `${encodeURIComponent(bucket)}/${encodePath(path)}`;
}

function copyOnto(bucket: string, path: string) {
  return { bucketId: bucket, sourceKey: path, destinationBucket: bucket, destinationKey: path };
}
