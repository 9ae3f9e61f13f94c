import { S3Error, type S3ErrorCode } from '../../../access/sigv4/s3-error.ts';
import { getBucket } from '../../../buckets/buckets.ts';
import { type S3Call, type S3Deps, type S3Handler, sendXml } from '../call.ts';
import { renderDocument } from '../xml/render-xml.ts';

/** GET bucket?policyStatus: public is what REST serves without a token. */
export async function getBucketPolicyStatus(deps: S3Deps, call: S3Call): Promise<void> {
  const bucket = await getBucket(deps, call.scope, call.target.bucket);
  sendXml(call, renderDocument('PolicyStatus', { IsPublic: bucket.public }));
}

/** GET bucket?ownershipControls: ACLs count for nothing, as in a new bucket of S3. */
export const getOwnershipControls = alwaysAnswering('OwnershipControls', { Rule: { ObjectOwnership: 'BucketOwnerEnforced' } });
/** GET bucket?requestPayment. */
export const getRequestPayment = alwaysAnswering('RequestPaymentConfiguration', { Payer: 'BucketOwner' });
/** GET bucket?logging: none. */
export const getBucketLogging = alwaysAnswering('BucketLoggingStatus', {});
/** GET bucket?notification: none over S3; object events go to webhooks. */
export const getNotification = alwaysAnswering('NotificationConfiguration', {});
/** GET bucket?accelerate: never. */
export const getAccelerate = alwaysAnswering('AccelerateConfiguration', {});

/** GET bucket?policy: row-level security decides here; there is no document of S3's kind. */
export const getBucketPolicy = neverConfigured('NoSuchBucketPolicy');
/** GET bucket?encryption: bytes are kept as they come. */
export const getBucketEncryption = neverConfigured('ServerSideEncryptionConfigurationNotFoundError');
/** GET bucket?website. */
export const getBucketWebsite = neverConfigured('NoSuchWebsiteConfiguration');
/** GET bucket?replication. */
export const getReplication = neverConfigured('ReplicationConfigurationNotFoundError');
/** GET bucket?object-lock. */
export const getObjectLock = neverConfigured('ObjectLockConfigurationNotFoundError');
/** GET bucket?publicAccessBlock. */
export const getPublicAccessBlock = neverConfigured('NoSuchPublicAccessBlockConfiguration');

/** Tools ask for these before they work; the answer is the same for every bucket that the caller sees. */
function alwaysAnswering(root: string, content: Parameters<typeof renderDocument>[1]): S3Handler {
  const xml = renderDocument(root, content);
  return async (deps, call) => {
    await getBucket(deps, call.scope, call.target.bucket);
    sendXml(call, xml);
  };
}

function neverConfigured(code: S3ErrorCode): S3Handler {
  return async (deps, call) => {
    await getBucket(deps, call.scope, call.target.bucket);
    throw new S3Error(code);
  };
}
