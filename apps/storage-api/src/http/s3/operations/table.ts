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
import { getBucketAcl, getObjectAcl } from './acl.ts';
import { getObjectAttributes } from './object-attributes.ts';
import { completeMultipartUpload } from './complete-upload.ts';
import { deleteManyObjects, deleteOneObject } from './delete-objects.ts';
import { getObject, headObject } from './get-object.ts';
import { listObjects, listObjectsV2, listObjectVersions } from './list-objects.ts';
import { abortMultipartUpload, createMultipartUpload, listMultipartUploads, listParts } from './multipart.ts';
import { putObject } from './put-object.ts';
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './tagging.ts';
import { uploadPart } from './upload-part.ts';

interface Entry {
  readonly handle: S3Handler;
  /** Name that policies see as `storage.operation`. */
  readonly policyName: string;
}

/** What each operation does. PostObject is not here: its credentials are inside its body. */
export const OPERATIONS: Readonly<Record<Exclude<S3Operation, 'PostObject'>, Entry>> = {
  ListBuckets: { handle: listAllBuckets, policyName: 'storage.s3.bucket.list' },
  CreateBucket: { handle: createOneBucket, policyName: 'storage.s3.bucket.create' },
  HeadBucket: { handle: headBucket, policyName: 'storage.s3.bucket.get' },
  DeleteBucket: { handle: deleteOneBucket, policyName: 'storage.s3.bucket.delete' },
  GetBucketLocation: { handle: getBucketLocation, policyName: 'storage.s3.bucket.get_location' },
  GetBucketAcl: { handle: getBucketAcl, policyName: 'storage.s3.bucket.get_acl' },
  GetBucketVersioning: { handle: getBucketVersioning, policyName: 'storage.s3.bucket.get_versioning' },
  PutBucketVersioning: { handle: putBucketVersioning, policyName: 'storage.s3.bucket.put_versioning' },
  ListObjects: { handle: listObjects, policyName: 'storage.s3.object.list' },
  ListObjectsV2: { handle: listObjectsV2, policyName: 'storage.s3.object.list' },
  ListObjectVersions: { handle: listObjectVersions, policyName: 'storage.s3.object.list_versions' },
  ListMultipartUploads: { handle: listMultipartUploads, policyName: 'storage.s3.upload.list' },
  DeleteObjects: { handle: deleteManyObjects, policyName: 'storage.s3.object.delete_many' },
  GetObject: { handle: getObject, policyName: 'storage.s3.object.get' },
  HeadObject: { handle: headObject, policyName: 'storage.s3.object.info' },
  PutObject: { handle: putObject, policyName: 'storage.s3.object.upload' },
  DeleteObject: { handle: deleteOneObject, policyName: 'storage.s3.object.delete' },
  GetObjectAcl: { handle: getObjectAcl, policyName: 'storage.s3.object.get_acl' },
  GetObjectAttributes: { handle: getObjectAttributes, policyName: 'storage.s3.object.info' },
  GetObjectTagging: { handle: getObjectTagging, policyName: 'storage.s3.object.get_tagging' },
  PutObjectTagging: { handle: putObjectTagging, policyName: 'storage.s3.object.put_tagging' },
  DeleteObjectTagging: { handle: deleteObjectTagging, policyName: 'storage.s3.object.delete_tagging' },
  CreateMultipartUpload: { handle: createMultipartUpload, policyName: 'storage.s3.upload.create' },
  UploadPart: { handle: uploadPart, policyName: 'storage.s3.upload.part' },
  ListParts: { handle: listParts, policyName: 'storage.s3.upload.list_parts' },
  CompleteMultipartUpload: { handle: completeMultipartUpload, policyName: 'storage.s3.upload.complete' },
  AbortMultipartUpload: { handle: abortMultipartUpload, policyName: 'storage.s3.upload.abort' },
};
