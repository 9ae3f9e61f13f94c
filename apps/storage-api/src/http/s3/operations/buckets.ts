import { S3Error } from '../../../access/sigv4/s3-error.ts';
import { createBucket, deleteBucket, getBucket, listBuckets, setVersioning } from '../../../buckets/buckets.ts';
import { ProtocolError } from '../../../errors.ts';
import { coversBucket } from '../../../s3-keys/access-scope.ts';
import { readDocument } from '../body/read-body.ts';
import { countParam, header, param, type S3Call, type S3Deps, sendEmpty, sendXml } from '../call.ts';
import { renderDocument } from '../xml/render-xml.ts';
import { parseCreateBucket, parseVersioningConfiguration } from '../xml/request-documents.ts';

const MAX_DOCUMENT_BYTES = 64 * 1024;
const MAX_BUCKETS = 10_000;

/** GET service. */
export async function listAllBuckets(deps: S3Deps, call: S3Call): Promise<void> {
  const { tenantId, region } = deps.s3;
  const limit = Math.max(1, countParam(call, 'max-buckets', MAX_BUCKETS));
  const prefix = param(call, 'prefix') ?? '';
  const after = Buffer.from(param(call, 'continuation-token') ?? '', 'base64url').toString('utf8');
  const everything = { limit: null, offset: 0, search: '', sortColumn: 'id', descending: false } as const;
  const rows = await listBuckets(deps.reads, call.scope, everything);
  const wantedRegion = param(call, 'bucket-region');
  const visible =
    wantedRegion !== null && wantedRegion !== region
      ? []
      : rows.filter(({ id }) => id.startsWith(prefix) && id > after && coversBucket(call.access, id));
  const page = visible.slice(0, limit);
  const last = page.at(-1);
  sendXml(
    call,
    renderDocument('ListAllMyBucketsResult', {
      Owner: { ID: tenantId, DisplayName: tenantId },
      Buckets: { Bucket: page.map((row) => ({ Name: row.id, CreationDate: row.created_at.toISOString() })) },
      ...(visible.length > page.length && last ? { ContinuationToken: Buffer.from(last.id).toString('base64url') } : {}),
    }),
  );
}

/** PUT bucket. */
export async function createOneBucket(deps: S3Deps, call: S3Call): Promise<void> {
  const { bucket } = call.target;
  if (header(call, 'x-amz-bucket-object-lock-enabled')?.toLowerCase() === 'true') throw new S3Error('NotImplemented');
  parseCreateBucket(await readDocument(call, MAX_DOCUMENT_BYTES));
  try {
    await createBucket(deps, call.scope, { id: bucket, name: bucket, isPublic: false });
  } catch (error) {
    if (!(error instanceof ProtocolError) || error.protocolCode !== 'BucketAlreadyExists') throw error;
    await getBucket(deps, call.scope, bucket).catch(() => {
      throw error;
    });
    throw new S3Error('BucketAlreadyOwnedByYou');
  }
  sendEmpty(call, 200, { location: `/${encodeURIComponent(bucket)}` });
}

/** HEAD bucket. */
export async function headBucket(deps: S3Deps, call: S3Call): Promise<void> {
  await getBucket(deps.reads, call.scope, call.target.bucket);
  sendEmpty(call, 200, { 'x-amz-bucket-region': deps.s3.region });
}

/** DELETE bucket; only an empty one. */
export async function deleteOneBucket(deps: S3Deps, call: S3Call): Promise<void> {
  await deleteBucket(deps, call.scope, call.target.bucket);
  sendEmpty(call, 204);
}

/** GET bucket?location; empty stands for us-east-1. */
export async function getBucketLocation(deps: S3Deps, call: S3Call): Promise<void> {
  await getBucket(deps.reads, call.scope, call.target.bucket);
  const { region } = deps.s3;
  sendXml(call, renderDocument('LocationConstraint', region === 'us-east-1' ? '' : region));
}

const STATUSES = { DISABLED: null, ENABLED: 'Enabled', SUSPENDED: 'Suspended' } as const;

/** GET bucket?versioning; nothing in it where versioning was never enabled. */
export async function getBucketVersioning(deps: S3Deps, call: S3Call): Promise<void> {
  const { versioning_status: status } = await getBucket(deps.reads, call.scope, call.target.bucket);
  sendXml(call, renderDocument('VersioningConfiguration', { Status: STATUSES[status] }));
}

/** PUT bucket?versioning. */
export async function putBucketVersioning(deps: S3Deps, call: S3Call): Promise<void> {
  const status = parseVersioningConfiguration(await readDocument(call, MAX_DOCUMENT_BYTES));
  await getBucket(deps, call.scope, call.target.bucket);
  await setVersioning(deps, call.scope, call.target.bucket, status === 'Enabled' ? 'ENABLED' : 'SUSPENDED');
  sendEmpty(call, 200);
}
