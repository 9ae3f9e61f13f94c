import type { DownloadGrant, PictureGrant } from '../access/url-signer.ts';
import type { StorageDeps } from '../deps.ts';
import { failures } from '../errors.ts';
import { findKeys } from '../metadata/object-queries.ts';
import type { Scope } from '../metadata/scope.ts';
import { findVersion, versionPolicies } from '../metadata/version-queries.ts';
import { probeTarget, type UploadTarget } from './upload-object.ts';

const NOT_SIGNED = 'Either the object does not exist or you do not have access to it';

export interface SignedEntry {
  readonly error: string | null;
  readonly path: string;
  readonly signedURL: string | null;
}

export interface SignRequest {
  readonly scope: Scope;
  readonly bucket: string;
  readonly keys: readonly string[];
  readonly expiresInSeconds: number;
  /** A transformed picture instead of the object itself. */
  readonly picture?: PictureGrant | undefined;
}

/**
 * Download links, in the order asked for; an error text where the caller may not read.
 * The path in a link is not escaped, because clients run the whole link through `encodeURI`.
 */
export async function signObjects(deps: StorageDeps, request: SignRequest): Promise<readonly SignedEntry[]> {
  const { scope, bucket, keys, expiresInSeconds, picture } = request;
  const found = findKeys(bucket, keys);
  await deps.database.readAs(scope, found);
  const visible = new Set(found.rows.map(({ name }) => name));
  return keys.map((key) => {
    if (!visible.has(key)) return { error: NOT_SIGNED, path: key, signedURL: null };
    return {
      error: null,
      path: key,
      signedURL: linkTo(deps, { scope, bucket, key, expiresInSeconds, picture, grant: picture }),
    };
  });
}

interface Link {
  readonly scope: Scope;
  readonly bucket: string;
  readonly key: string;
  readonly expiresInSeconds: number;
  readonly picture: PictureGrant | undefined;
  readonly grant: DownloadGrant | undefined;
}

function linkTo({ signer, links }: Pick<StorageDeps, 'signer' | 'links'>, link: Link): string {
  const { scope: maker, bucket, key, expiresInSeconds, picture, grant } = link;
  const route = picture === undefined ? 'object' : 'render/image';
  const token = signer.signDownload(`${bucket}/${key}`, expiresInSeconds, grant);
  links.made(token, { bucket, path: key, scope: 'download', subject: maker.subject, role: maker.role, expiresInSeconds });
  return `/${route}/sign/${bucket}/${key}?token=${token}`;
}

export interface SignOneRequest extends Omit<SignRequest, 'keys'> {
  readonly key: string;
  /** Binds the link to this version; else it leads to what is current when it is followed. */
  readonly versionId?: string | undefined;
}

/** One download link. @throws ProtocolError NoSuchKey */
export async function signObject(deps: StorageDeps, request: SignOneRequest): Promise<string> {
  const { scope, bucket, key, versionId, picture, expiresInSeconds } = request;
  if (versionId !== undefined) {
    const find = findVersion(bucket, { key, versionId });
    await deps.database.readBoth(scope, versionPolicies(scope), [find]);
    if (find.rows[0] === undefined || find.rows[0].is_delete_marker) throw failures.noSuchKey();
    return linkTo(deps, { scope, bucket, key, expiresInSeconds, picture, grant: { ...picture, versionId } });
  }
  const [entry] = await signObjects(deps, { ...request, keys: [request.key] });
  if (entry?.signedURL == null) throw failures.noSuchKey();
  return entry.signedURL;
}

/** Upload link for a target that the caller could upload to now. */
export async function signUpload(deps: StorageDeps, target: UploadTarget): Promise<{ url: string; token: string }> {
  await probeTarget(deps, target);
  const { bucket, key, subject, upsert, scope } = target;
  const path = `${bucket}/${key}`;
  const expiresInSeconds = deps.uploadLinkSeconds;
  const token = deps.signer.signUpload(path, { upsert, owner: subject }, expiresInSeconds);
  deps.links.made(token, { bucket, path: key, scope: 'upload', subject, role: scope?.role ?? null, expiresInSeconds });
  return { url: `/object/upload/sign/${path.split('/').map(encodeURIComponent).join('/')}?token=${token}`, token };
}
