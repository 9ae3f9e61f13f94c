import { CreateBucketCommand, CreateMultipartUploadCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import { auditStore, CLEAN } from './audit.ts';
import { type S3Bench, startS3Bench } from './s3.ts';
import { sendWire, type Wire } from './s3-wire.ts';

/** What an attack aims at: a server with something to lose. */
export interface AttackBench extends S3Bench {
  readonly url: string;
  readonly rootUrl: string;
  /** Of `main/upload`, which has one part. */
  readonly uploadId: string;
  /** Everything that a request could change, as it is now. */
  state(): Promise<string>;
  /** The same, before anybody attacked. */
  readonly initialState: string;
  /** `"403 AccessDenied"`, as the main listener answers, or the one at the root. */
  attempt(wire: Wire, listener?: 'main' | 'root'): Promise<string>;
}

/** Any answer that refuses. */
export const REFUSED = /^4\d\d( \w+)?$/;

const STATE = `
  select 'object' as kind, bucket_id || '/' || name || ' ' || version || ' ' || metadata::text as what from storage.objects
  union all select 'version', bucket_id || '/' || name || ' ' || version from storage_versions.objects
  union all select 'bucket', to_jsonb(b)::text from storage.buckets b
  union all select 'settings', to_jsonb(s)::text from storage.s3_bucket_settings s
  union all select 'lifecycle', to_jsonb(l)::text from storage.bucket_lifecycle l
  union all select 'upload', id || ' ' || key from storage.s3_multipart_uploads
  union all select 'part', upload_id || ' ' || part_number || ' ' || version from storage.s3_multipart_uploads_parts
  order by 1, 2`;

/** A server with buckets `main`, `other`, `s3` and `storage`, objects in them, and an unfinished upload. */
export async function startAttackBench(): Promise<AttackBench> {
  const bench = await startS3Bench();
  const { server, s3, put } = bench;
  for (const Bucket of ['other', 's3', 'storage', 'empty']) await s3.send(new CreateBucketCommand({ Bucket }));
  await put('victim', 'precious', { Tagging: 'a=1' });
  for (const blanks of [' ', '  ']) await put(`a${blanks}b`, 'blank');
  for (const Key of ['secret', 'secret\u00a0']) await put(Key, 'hidden', { Bucket: 'other' });
  await put('main/victim', 'named like a bucket', { Bucket: 's3' });
  const upload = { Bucket: 'main', Key: 'upload' };
  const { UploadId = '' } = await s3.send(new CreateMultipartUploadCommand(upload));
  await s3.send(new UploadPartCommand({ ...upload, UploadId, PartNumber: 1, Body: 'part' }));
  const pool = { query: async (text: string) => ({ rows: await server.sql(text) }) };
  const rootUrl = server.s3RootUrl ?? '';
  const state = async (): Promise<string> => {
    const rows = await server.sql(STATE);
    const audit = await auditStore(pool, server.storePath, 1);
    return JSON.stringify({ rows, isClean: JSON.stringify(audit) === JSON.stringify(CLEAN) }, null, 1);
  };
  const initialState = await state();
  return {
    ...bench,
    url: server.url,
    rootUrl,
    uploadId: UploadId,
    state,
    initialState,
    async attempt(wire, listener = 'main') {
      const { status, code } = await sendWire(listener === 'root' ? rootUrl : server.url, wire);
      return `${status} ${code}`.trim();
    },
  };
}
