import { contentTypeOf } from '../content-type.ts';
import type { SendRequest } from './send-file.ts';
import { noAnswer, readFailure } from './upload-errors.ts';

/**
 * Sends a small file in one piece straight to storage, to a signed upload URL.
 * XMLHttpRequest, because fetch reports no upload progress.
 * @throws UploadConflict, UploadInterrupted, Error with the server's words
 */
export function putFile({ url, file, overwrite, signal, onProgress }: SendRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    signal.addEventListener('abort', abort, { once: true });
    request.upload.addEventListener('progress', (event) => onProgress(event.loaded));
    request.addEventListener('load', () => {
      const failure = readFailure(request.status, request.responseText);
      if (failure === null) resolve();
      else reject(failure);
    });
    request.addEventListener('error', () => reject(noAnswer()));
    request.addEventListener('abort', () => reject(new Error('Cancelled.')));
    request.addEventListener('loadend', () => signal.removeEventListener('abort', abort));
    request.open('PUT', url);
    request.setRequestHeader('content-type', contentTypeOf(file));
    request.setRequestHeader('cache-control', 'max-age=3600');
    request.setRequestHeader('x-upsert', String(overwrite));
    onProgress(0);
    request.send(file);
  });
}
