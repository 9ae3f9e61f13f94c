import type { S3Key, S3KeyCreate, S3KeyUpdate } from '@supastor/contract/wire/s3-key';

/** A key with the secret that is told only now. */
export interface S3KeyWithSecret {
  readonly key: S3Key;
  readonly secretAccessKey: string;
}

/**
 * Access keys of a storage server's S3 endpoint. Every method may throw SJ_TARGET_UNSUPPORTED when the server keeps none (the official
 * one does not), SJ_INPUT_INVALID, SJ_NOT_FOUND, SJ_CONFLICT, SJ_UPSTREAM_FAILED, SJ_TIMEOUT.
 */
export interface S3KeyAdmin {
  list(signal: AbortSignal): Promise<readonly S3Key[]>;
  get(accessKeyId: string, signal: AbortSignal): Promise<S3Key>;
  create(wanted: S3KeyCreate, signal: AbortSignal): Promise<S3KeyWithSecret>;
  update(accessKeyId: string, changes: S3KeyUpdate, signal: AbortSignal): Promise<S3Key>;
  rotate(accessKeyId: string, overlapSeconds: number, signal: AbortSignal): Promise<S3KeyWithSecret>;
  revoke(accessKeyId: string, signal: AbortSignal): Promise<void>;
}
