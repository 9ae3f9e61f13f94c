import type { IncomingMessage } from 'node:http';
import type { HeldLock } from '../../uploads/upload-locks.ts';
import type { NewUpload, PartChecksum, UploadActor } from '../../uploads/resumable-uploads.ts';
import type { UploadRecord } from '../../uploads/upload-record.ts';

/** What one request knows, shared by the parts that the TUS library calls in turn. */
export interface TusCall {
  /** Where the bytes come from: read directly, as the library's way through web streams costs half as much again. */
  readonly request: IncomingMessage;
  readonly actor: UploadActor;
  readonly checksum: PartChecksum | undefined;
  /** An upload that limits and policies allow, not yet created. */
  creation?: NewUpload;
  /** The upload as it was when the request got hold of it. */
  record?: UploadRecord;
  lock?: HeldLock;
  /** Aborted when the request has to end. */
  signal?: AbortSignal;
}
