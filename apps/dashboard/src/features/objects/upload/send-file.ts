import { putFile } from './put-file.ts';

export interface SendRequest {
  /** Signed upload URL. */
  readonly url: string;
  readonly bucket: string;
  /** Full path inside the bucket. */
  readonly path: string;
  readonly file: File;
  readonly overwrite: boolean;
  /** Where storage keeps what arrived earlier of this file; null: nothing yet. */
  readonly resumeUrl: string | null;
  readonly signal: AbortSignal;
  /** Bytes that storage has of the file, or that are on the wire. The first call says where sending begins. */
  readonly onProgress: (loadedBytes: number) => void;
  /** Told once there is a place to go on from after a break. */
  readonly onResumable: (resumeUrl: string) => void;
}

/** Below this, sending all of it again is cheaper than the requests that make it resumable. */
const RESUMABLE_FROM_BYTES = 6 * 1024 * 1024;

/**
 * Sends a file straight to storage: small ones in one request, others in parts that survive a break.
 * @throws UploadConflict, UploadInterrupted, Error with the server's words
 */
export async function sendFile(request: SendRequest): Promise<void> {
  if (request.file.size < RESUMABLE_FROM_BYTES) return putFile(request);
  const { sendResumable } = await import('./send-resumable.ts');
  // It may have been paused or cancelled while the code was on its way.
  request.signal.throwIfAborted();
  return sendResumable(request);
}

/** Tells storage to drop what it has of a file whose upload was given up. Best effort: storage forgets it by itself after a day. */
export async function dropPartial(resumeUrl: string, url: string): Promise<void> {
  const headers = { 'tus-resumable': '1.0.0', 'x-signature': new URL(url).searchParams.get('token') ?? '' };
  await fetch(resumeUrl, { method: 'DELETE', headers, referrerPolicy: 'no-referrer' }).catch(() => undefined);
}

/** So long storage may take to say how far it is. */
const ASK_MS = 15_000;

/** Whether storage has all bytes of the upload, and so the object. */
export async function isComplete(resumeUrl: string, sizeBytes: number): Promise<boolean> {
  const headers = { 'tus-resumable': '1.0.0' };
  const signal = AbortSignal.timeout(ASK_MS);
  const answer = await fetch(resumeUrl, { method: 'HEAD', headers, signal, referrerPolicy: 'no-referrer' }).catch(() => null);
  return answer?.ok === true && Number(answer.headers.get('upload-offset') ?? Number.NaN) === sizeBytes;
}
