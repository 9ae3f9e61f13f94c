import type { AccessNeed } from '../authorize.ts';
import type { S3Handler } from '../call.ts';
import type { S3Operation } from '../route.ts';
import {
  createOneBucket,
  deleteOneBucket,
  getBucketLocation,
  getBucketVersioning,
  headBucket,
  listAllBuckets,
  putBucketVersioning,
} from './buckets.ts';
import { getBucketAcl, getObjectAcl, putBucketAcl, putObjectAcl } from './acl.ts';
import {
  deleteBucketCors,
  deleteBucketTagging,
  getBucketCors,
  getBucketTagging,
  putBucketCors,
  putBucketTagging,
} from './bucket-settings.ts';
import {
  getAccelerate,
  getBucketEncryption,
  getBucketLogging,
  getBucketPolicy,
  getBucketPolicyStatus,
  getBucketWebsite,
  getNotification,
  getObjectLock,
  getOwnershipControls,
  getPublicAccessBlock,
  getReplication,
  getRequestPayment,
} from './fixed-answers.ts';
import { getObjectAttributes } from './object-attributes.ts';
import { completeMultipartUpload } from './complete-upload.ts';
import { deleteManyObjects, deleteOneObject } from './delete-objects.ts';
import { getObject, headObject } from './get-object.ts';
import { deleteBucketLifecycle, getBucketLifecycle, putBucketLifecycle } from './lifecycle.ts';
import { listObjects, listObjectsV2 } from './list-objects.ts';
import { listObjectVersions } from './list-versions.ts';
import { abortMultipartUpload, createMultipartUpload, listMultipartUploads, listParts } from './multipart.ts';
import { putObject } from './put-object.ts';
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './tagging.ts';
import { uploadPart } from './upload-part.ts';

interface Entry {
  readonly handle: S3Handler;
  /** Name that policies see as `storage.operation`. */
  readonly policyName: string;
  /** Instead, when the request names a source to copy. */
  readonly copyPolicyName?: string;
  /** What the access key must allow. */
  readonly needs: AccessNeed;
}

const BUCKET = { kind: 'bucket' } as const;
const MANAGE = { kind: 'manage' } as const;
const PREFIX = { kind: 'prefix' } as const;
const READ = { kind: 'key', verb: 'read' } as const;
const WRITE = { kind: 'key', verb: 'write' } as const;

/** What each operation does. PostObject is not here: its credentials are inside its body. */
export const OPERATIONS: Readonly<Record<Exclude<S3Operation, 'PostObject'>, Entry>> = {
  ListBuckets: { handle: listAllBuckets, policyName: 'storage.s3.bucket.list', needs: { kind: 'everything' } },
  CreateBucket: { handle: createOneBucket, policyName: 'storage.s3.bucket.create', needs: MANAGE },
  HeadBucket: { handle: headBucket, policyName: 'storage.s3.bucket.head', needs: BUCKET },
  DeleteBucket: { handle: deleteOneBucket, policyName: 'storage.s3.bucket.delete', needs: MANAGE },
  GetBucketLocation: { handle: getBucketLocation, policyName: 'storage.s3.bucket.get_location', needs: BUCKET },
  GetBucketAcl: { handle: getBucketAcl, policyName: 'storage.s3.bucket.get_acl', needs: BUCKET },
  GetBucketVersioning: { handle: getBucketVersioning, policyName: 'storage.s3.bucket.get_versioning', needs: BUCKET },
  PutBucketVersioning: { handle: putBucketVersioning, policyName: 'storage.s3.bucket.put_versioning', needs: MANAGE },
  PutBucketAcl: { handle: putBucketAcl, policyName: 'storage.s3.bucket.put_acl', needs: MANAGE },
  GetBucketCors: { handle: getBucketCors, policyName: 'storage.s3.bucket.get_cors', needs: BUCKET },
  PutBucketCors: { handle: putBucketCors, policyName: 'storage.s3.bucket.put_cors', needs: MANAGE },
  DeleteBucketCors: { handle: deleteBucketCors, policyName: 'storage.s3.bucket.delete_cors', needs: MANAGE },
  GetBucketLifecycle: { handle: getBucketLifecycle, policyName: 'storage.s3.bucket.get_lifecycle', needs: BUCKET },
  PutBucketLifecycle: { handle: putBucketLifecycle, policyName: 'storage.s3.bucket.put_lifecycle', needs: { kind: 'expire' } },
  DeleteBucketLifecycle: { handle: deleteBucketLifecycle, policyName: 'storage.s3.bucket.delete_lifecycle', needs: MANAGE },
  GetBucketTagging: { handle: getBucketTagging, policyName: 'storage.s3.bucket.get_tagging', needs: BUCKET },
  PutBucketTagging: { handle: putBucketTagging, policyName: 'storage.s3.bucket.put_tagging', needs: MANAGE },
  DeleteBucketTagging: { handle: deleteBucketTagging, policyName: 'storage.s3.bucket.delete_tagging', needs: MANAGE },
  GetBucketPolicyStatus: { handle: getBucketPolicyStatus, policyName: 'storage.s3.bucket.get_policy_status', needs: BUCKET },
  GetBucketOwnershipControls: { handle: getOwnershipControls, policyName: 'storage.s3.bucket.get_ownership_controls', needs: BUCKET },
  GetBucketRequestPayment: { handle: getRequestPayment, policyName: 'storage.s3.bucket.get_request_payment', needs: BUCKET },
  GetBucketLogging: { handle: getBucketLogging, policyName: 'storage.s3.bucket.get_logging', needs: BUCKET },
  GetBucketNotificationConfiguration: { handle: getNotification, policyName: 'storage.s3.bucket.get_notification', needs: BUCKET },
  GetBucketAccelerateConfiguration: { handle: getAccelerate, policyName: 'storage.s3.bucket.get_accelerate', needs: BUCKET },
  GetBucketPolicy: { handle: getBucketPolicy, policyName: 'storage.s3.bucket.get_policy', needs: BUCKET },
  GetBucketEncryption: { handle: getBucketEncryption, policyName: 'storage.s3.bucket.get_encryption', needs: BUCKET },
  GetBucketWebsite: { handle: getBucketWebsite, policyName: 'storage.s3.bucket.get_website', needs: BUCKET },
  GetBucketReplication: { handle: getReplication, policyName: 'storage.s3.bucket.get_replication', needs: BUCKET },
  GetObjectLockConfiguration: { handle: getObjectLock, policyName: 'storage.s3.bucket.get_object_lock', needs: BUCKET },
  GetPublicAccessBlock: { handle: getPublicAccessBlock, policyName: 'storage.s3.bucket.get_public_access_block', needs: BUCKET },
  ListObjects: { handle: listObjects, policyName: 'storage.s3.object.list', needs: PREFIX },
  ListObjectsV2: { handle: listObjectsV2, policyName: 'storage.s3.object.list', needs: PREFIX },
  ListObjectVersions: { handle: listObjectVersions, policyName: 'storage.s3.object.list_versions', needs: PREFIX },
  ListMultipartUploads: { handle: listMultipartUploads, policyName: 'storage.s3.upload.list_multipart', needs: PREFIX },
  DeleteObjects: { handle: deleteManyObjects, policyName: 'storage.s3.object.delete_many', needs: { kind: 'keys', verb: 'delete' } },
  GetObject: { handle: getObject, policyName: 'storage.s3.object.get', needs: READ },
  HeadObject: { handle: headObject, policyName: 'storage.s3.object.info', needs: READ },
  PutObject: { handle: putObject, policyName: 'storage.s3.upload', copyPolicyName: 'storage.s3.object.copy', needs: WRITE },
  DeleteObject: { handle: deleteOneObject, policyName: 'storage.s3.object.delete', needs: { kind: 'key', verb: 'delete' } },
  GetObjectAcl: { handle: getObjectAcl, policyName: 'storage.s3.object.get_acl', needs: READ },
  PutObjectAcl: { handle: putObjectAcl, policyName: 'storage.s3.object.put_acl', needs: WRITE },
  GetObjectAttributes: { handle: getObjectAttributes, policyName: 'storage.s3.object.info', needs: READ },
  GetObjectTagging: { handle: getObjectTagging, policyName: 'storage.s3.object.get_tagging', needs: READ },
  PutObjectTagging: { handle: putObjectTagging, policyName: 'storage.s3.object.put_tagging', needs: WRITE },
  DeleteObjectTagging: { handle: deleteObjectTagging, policyName: 'storage.s3.object.delete_tagging', needs: WRITE },
  CreateMultipartUpload: { handle: createMultipartUpload, policyName: 'storage.s3.upload.create_multipart', needs: WRITE },
  UploadPart: { handle: uploadPart, policyName: 'storage.s3.upload.part', copyPolicyName: 'storage.s3.upload.part_copy', needs: WRITE },
  ListParts: { handle: listParts, policyName: 'storage.s3.upload.list_parts', needs: WRITE },
  CompleteMultipartUpload: { handle: completeMultipartUpload, policyName: 'storage.s3.upload.complete_multipart', needs: WRITE },
  AbortMultipartUpload: { handle: abortMultipartUpload, policyName: 'storage.s3.upload.abort_multipart', needs: WRITE },
};
