import type { Migration } from './migration.ts';

/** What only S3 knows of a bucket. Read and written by the server itself, after it has asked whether the caller may. */
export const s3BucketSettings: Migration = {
  name: '0081-s3-bucket-settings',
  sql: `
create table storage.s3_bucket_settings (
  bucket_id text collate "C" primary key references storage.buckets (id) on delete cascade,
  cors jsonb,
  tags jsonb
);
comment on column storage.s3_bucket_settings.cors is 'Rules of PutBucketCors; null: browsers of any origin may use the S3 endpoint.';
alter table storage.s3_bucket_settings enable row level security;
revoke all on storage.s3_bucket_settings from public;
`,
};
