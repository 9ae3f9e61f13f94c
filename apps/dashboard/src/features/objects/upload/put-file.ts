import { isConflictText, type PutRequest, UploadConflict } from './upload-manager.ts';
import { contentTypeOf } from '../content-type.ts';

/**
 * Sends a file's bytes straight to storage, to a signed upload URL.
 * XMLHttpRequest, because fetch reports no upload progress.
 * @throws UploadConflict, Error with the server's words
 */
export function putFile({ url, file, overwrite, signal, onProgress }: PutRequest): Promise<void> {
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
    request.addEventListener('error', () => reject(new Error('The connection to storage broke. Retry when it is back.')));
    request.addEventListener('abort', () => reject(new Error('Cancelled.')));
    request.addEventListener('loadend', () => signal.removeEventListener('abort', abort));
    request.open('PUT', url);
    request.setRequestHeader('content-type', contentTypeOf(file));
    request.setRequestHeader('cache-control', 'max-age=3600');
    request.setRequestHeader('x-upsert', String(overwrite));
    request.send(file);
  });
}

/** The error in a storage answer, whose body repeats the real status: null when the upload was accepted. */
export function readFailure(status: number, body: string): Error | null {
  if (status >= 200 && status < 300) return null;
  const { statusCode, message } = parseStorageError(body);
  const text = message ?? `Storage answered ${status}.`;
  if (status === 409 || statusCode === '409' || isConflictText(text)) return new UploadConflict(text);
  return new Error(text);
}

function parseStorageError(body: string): { readonly statusCode: string | null; readonly message: string | null } {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== 'object' || value === null) return { statusCode: null, message: null };
    return {
      statusCode: 'statusCode' in value ? String(value.statusCode) : null,
      message: 'message' in value && typeof value.message === 'string' ? value.message : null,
    };
  } catch {
    return { statusCode: null, message: null };
  }
}
