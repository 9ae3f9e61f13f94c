import { DetailedError, Upload } from 'tus-js-client';
import { contentTypeOf } from '../content-type.ts';
import { resumableDoor } from './resumable-door.ts';
import type { SendRequest } from './send-file.ts';
import { isConflictText, noAnswer, UploadConflict, UploadInterrupted, readFailure } from './upload-errors.ts';

/** Small enough for proxies that hold a whole request, large enough to cost little. */
const PART_BYTES = 32 * 1024 * 1024;

/**
 * Sends a file in parts over TUS, going on where an earlier attempt stopped.
 * One attempt: the queue decides when to try again, because it also signs again.
 * @throws UploadConflict, UploadInterrupted, Error with the server's words
 */
export function sendResumable(request: SendRequest): Promise<void> {
  const { file, bucket, path, overwrite, signal, resumeUrl, onProgress, onResumable } = request;
  const { endpoint, token } = resumableDoor(request.url);
  return new Promise((resolve, reject) => {
    const upload = new Upload(file, {
      endpoint,
      uploadUrl: resumeUrl,
      chunkSize: PART_BYTES,
      retryDelays: null,
      // Would write to localStorage; the queue keeps its own journal.
      storeFingerprintForResuming: false,
      headers: { 'x-signature': token, 'x-upsert': String(overwrite) },
      metadata: { bucketName: bucket, objectName: path, contentType: contentTypeOf(file), cacheControl: '3600' },
      onUploadUrlAvailable: () => upload.url !== null && onResumable(upload.url),
      onProgress: (sentBytes) => onProgress(sentBytes),
      onSuccess: () => resolve(),
      onError: (error) => reject(failureOf(error)),
    });
    signal.addEventListener(
      'abort',
      () => {
        void upload.abort();
        reject(new Error('Cancelled.'));
      },
      { once: true },
    );
    upload.start();
  });
}

function failureOf(error: Error): Error {
  if (!(error instanceof DetailedError)) return error;
  const response = error.originalResponse;
  if (!response || response.getStatus() === 0) return noAnswer();
  const text = response.getBody().trim();
  const status = response.getStatus();
  // An offset that does not match: the earlier request was still being read. Asking again gives the right one.
  if (status === 409 && !isConflictText(text)) return new UploadInterrupted(text, { answered: true });
  if (status === 409) return new UploadConflict(text);
  // The signature ran out, or storage has forgotten the upload: the next attempt signs, and begins, anew.
  if (status === 404 || status === 410 || /signature|jwt/i.test(text)) return new UploadInterrupted(text, { answered: true });
  return readFailure(status, JSON.stringify({ message: text === '' ? undefined : text })) ?? error;
}
