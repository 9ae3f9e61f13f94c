import { S3_KEY_VERBS, type S3KeyVerb } from '@supastor/contract/wire/s3-key';

/** What an access key may do, on which buckets and keys. */
export interface AccessScope {
  /** Names, or beginnings that end in `*`. */
  readonly buckets: readonly string[];
  /** Beginnings of object keys; none is all of them. */
  readonly prefixes: readonly string[];
  readonly verbs: readonly S3KeyVerb[];
}

/** No limits of its own; policies may still set some. */
export const FULL_SCOPE: AccessScope = { buckets: ['*'], prefixes: [], verbs: S3_KEY_VERBS };

/** Whether the scope reaches into the bucket at all. */
export function coversBucket({ buckets }: AccessScope, bucket: string): boolean {
  return buckets.some((pattern) => (pattern.endsWith('*') ? bucket.startsWith(pattern.slice(0, -1)) : pattern === bucket));
}

/** Whether one object may be read, written or deleted. */
export function allowsKey(
  scope: AccessScope,
  verb: S3KeyVerb,
  { bucket, key }: { readonly bucket: string; readonly key: string },
): boolean {
  return allowsPrefix(scope, verb, { bucket, prefix: key });
}

/** Whether everything that begins with `prefix` may be listed, read and so on: it must begin with one of the scope's own. */
export function allowsPrefix(
  scope: AccessScope,
  verb: S3KeyVerb,
  { bucket, prefix }: { readonly bucket: string; readonly prefix: string },
): boolean {
  if (!scope.verbs.includes(verb) || !coversBucket(scope, bucket)) return false;
  return scope.prefixes.length === 0 || scope.prefixes.some((own) => prefix.startsWith(own));
}

/** Whether the bucket as a whole is subject to `verb`; never with prefixes, which stand for less than a bucket. */
export function allowsWholeBucket(scope: AccessScope, verb: S3KeyVerb, bucket: string): boolean {
  return scope.prefixes.length === 0 && scope.verbs.includes(verb) && coversBucket(scope, bucket);
}
