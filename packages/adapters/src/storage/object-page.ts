import type { ObjectEntry } from '@supastor/contract/operations/objects';
import type { WireObject, WirePage } from '@supastor/contract/wire/storage-protocol';
import type { ObjectPage } from '@supastor/core/objects/storage-admin.port';

/** Maps a page of the protocol to full paths, whether the server gave names relative to the prefix or not. */
export function toObjectPage(page: WirePage, prefix: string): ObjectPage {
  const fullPath = ({ name, key }: { readonly name: string; readonly key?: string | null | undefined }) => {
    const path = key ?? name;
    // A name that is not the last segment is the whole path, whatever the segments are called, also when they are empty.
    if (name !== path && name.startsWith(prefix)) return name;
    return path.startsWith(prefix) ? path : prefix + path;
  };
  return {
    folders: page.folders.map(fullPath).map((path) => (path.endsWith('/') && path.length > prefix.length ? path : `${path}/`)),
    objects: page.objects.map((object) => toEntry(object, fullPath(object))),
    nextCursor: page.hasNext ? (page.nextCursor ?? null) : null,
  };
}

function toEntry({ id, created_at, updated_at, metadata }: WireObject, path: string): ObjectEntry {
  const field = (name: string) => {
    const value = metadata?.[name];
    return typeof value === 'string' ? value : null;
  };
  const size = metadata?.['size'];
  return {
    path,
    id: id ?? '',
    sizeBytes: typeof size === 'number' ? size : null,
    mimeType: field('mimetype'),
    etag: field('eTag'),
    cacheControl: field('cacheControl'),
    createdAt: created_at ?? null,
    updatedAt: updated_at ?? null,
  };
}
