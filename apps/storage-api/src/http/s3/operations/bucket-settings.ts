import { z } from 'zod';
import { S3Error } from '../../../access/sigv4/s3-error.ts';
import { getBucket } from '../../../buckets/buckets.ts';
import { readDocument } from '../body/read-body.ts';
import { type S3Call, type S3Deps, sendEmpty, sendXml } from '../call.ts';
import { describeCorsRules, parseCorsDocument } from '../cors/cors-document.ts';
import { corsRulesSchema } from '../cors/cors-rules.ts';
import { type BucketSettingsRow, findBucketSettings, setBucketTags, setCors } from '../queries/bucket-settings.ts';
import { renderDocument } from '../xml/render-xml.ts';
import { parseBucketTagging } from '../xml/request-documents.ts';
import { requireManager } from './bucket-manager.ts';

const MAX_DOCUMENT_BYTES = 64 * 1024;
const tagsSchema = z.record(z.string(), z.string());

/** GET bucket?cors. */
export async function getBucketCors(deps: S3Deps, call: S3Call): Promise<void> {
  const rules = corsRulesSchema.safeParse((await readSettings(deps, call)).cors).data;
  if (rules === undefined) throw new S3Error('NoSuchCORSConfiguration');
  sendXml(call, renderDocument('CORSConfiguration', describeCorsRules(rules)));
}

/** PUT bucket?cors: counts on every server within a second. */
export async function putBucketCors(deps: S3Deps, call: S3Call): Promise<void> {
  const rules = parseCorsDocument(await readDocument(call, MAX_DOCUMENT_BYTES));
  await requireManager(deps, call);
  await deps.database.transact({ steps: [setCors(call.target.bucket, rules)] });
  sendEmpty(call, 200);
}

/** DELETE bucket?cors: open to browsers of any origin again. */
export async function deleteBucketCors(deps: S3Deps, call: S3Call): Promise<void> {
  await requireManager(deps, call);
  await deps.database.transact({ steps: [setCors(call.target.bucket, null)] });
  sendEmpty(call, 204);
}

/** GET bucket?tagging. */
export async function getBucketTagging(deps: S3Deps, call: S3Call): Promise<void> {
  const tags = tagsSchema.safeParse((await readSettings(deps, call)).tags).data;
  if (tags === undefined) throw new S3Error('NoSuchTagSet');
  const set = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  sendXml(call, renderDocument('Tagging', { TagSet: { Tag: set } }));
}

/** PUT bucket?tagging: replaces all tags. */
export async function putBucketTagging(deps: S3Deps, call: S3Call): Promise<void> {
  const tags = parseBucketTagging(await readDocument(call, MAX_DOCUMENT_BYTES));
  await requireManager(deps, call);
  await deps.database.transact({ steps: [setBucketTags(call.target.bucket, Object.fromEntries(tags))] });
  sendEmpty(call, 200);
}

/** DELETE bucket?tagging. */
export async function deleteBucketTagging(deps: S3Deps, call: S3Call): Promise<void> {
  await requireManager(deps, call);
  await deps.database.transact({ steps: [setBucketTags(call.target.bucket, null)] });
  sendEmpty(call, 204);
}

async function readSettings(deps: S3Deps, call: S3Call): Promise<BucketSettingsRow> {
  await getBucket(deps, call.scope, call.target.bucket);
  const find = findBucketSettings(call.target.bucket);
  await deps.database.read(find);
  return find.rows[0] ?? { cors: null, tags: null };
}
