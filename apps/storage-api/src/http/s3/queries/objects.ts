import { type Step, step } from '../../../metadata/step.ts';

const SQL = {
  requireEtag: { name: 's3_require_etag', text: 'select storage.s3_require_etag($1, $2, $3)' },
  setTags: {
    name: 's3_set_tags',
    text: `update storage.objects
      set metadata = jsonb_set(coalesce(metadata, '{}'), '{s3}', coalesce(metadata -> 's3', '{}') || jsonb_build_object('tags', $3::jsonb))
      where bucket_id = $1 and name = $2`,
  },
} as const;

/** Fails the transaction with PreconditionFailed or NoSuchKey unless the object, now locked, has that entity tag or, with `*`, exists. */
export function requireEtag(bucket: string, key: string, etag: string): Step<unknown> {
  return step(SQL.requireEtag, [bucket, key, etag]);
}

/** Replaces the tags of an object; `rowCount` is 0 when it does not exist or may not be updated. */
export function setTags(bucket: string, key: string, tags: Readonly<Record<string, string>>): Step<never> {
  return step(SQL.setTags, [bucket, key, JSON.stringify(tags)]);
}
