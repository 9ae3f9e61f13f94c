import { type Step, step } from '../../../metadata/step.ts';

/** A row of storage.s3_bucket_settings; JSON that can be edited with SQL. */
export interface BucketSettingsRow {
  readonly cors: unknown;
  readonly tags: unknown;
}

const SQL = {
  find: { name: 's3_bucket_settings_find', text: 'select cors, tags from storage.s3_bucket_settings where bucket_id = $1' },
  setCors: {
    name: 's3_bucket_cors_set',
    text: `insert into storage.s3_bucket_settings (bucket_id, cors) values ($1, $2)
      on conflict (bucket_id) do update set cors = excluded.cors`,
  },
  setTags: {
    name: 's3_bucket_tags_set',
    text: `insert into storage.s3_bucket_settings (bucket_id, tags) values ($1, $2)
      on conflict (bucket_id) do update set tags = excluded.tags`,
  },
} as const;

export function findBucketSettings(bucket: string): Step<BucketSettingsRow> {
  return step(SQL.find, [bucket]);
}

/** Replaces the rules; null takes them away. */
export function setCors(bucket: string, rules: unknown): Step<never> {
  return step(SQL.setCors, [bucket, rules === null ? null : JSON.stringify(rules)]);
}

/** Replaces the tags; null takes them away. */
export function setBucketTags(bucket: string, tags: Readonly<Record<string, string>> | null): Step<never> {
  return step(SQL.setTags, [bucket, tags === null ? null : JSON.stringify(tags)]);
}
