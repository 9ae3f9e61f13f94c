import { Upload } from 'tus-js-client';
import { SERVICE_TOKEN } from './server.ts';

const TUS_HEADERS = { 'tus-resumable': '1.0.0' };
export const PART_TYPE = 'application/offset+octet-stream';

/** `Upload-Metadata` for the given fields. */
export function tusMetadata(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`)
    .join(',');
}

export type TusBody = NonNullable<RequestInit['body']>;

export interface TusRequest {
  readonly token?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: TusBody | null;
}

/** One TUS request, with the version header and the service's token unless another is given. */
export function tusFetch(
  url: string,
  { token = SERVICE_TOKEN, method = 'POST', headers = {}, body = null }: TusRequest = {},
): Promise<Response> {
  const authorization: Record<string, string> = token === '' ? {} : { authorization: `Bearer ${token}` };
  const options: RequestInit & { duplex?: 'half' } = { method, headers: { ...TUS_HEADERS, ...authorization, ...headers }, body };
  if (body instanceof ReadableStream) options.duplex = 'half';
  return fetch(url, options);
}

export interface Transfer {
  readonly url: string;
  readonly bytes: Buffer;
  readonly metadata: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly chunkBytes?: number;
  /** Default true. */
  readonly uploadDataDuringCreation?: boolean;
  readonly uploadUrl?: string;
  /** Called with the acknowledged offset; may pause the upload through the second argument. */
  readonly onAcknowledged?: (bytes: number, upload: Upload) => void;
}

/** Uploads with the client that browsers use; resolves with the upload's URL, also when it was paused. */
export function transfer(options: Transfer): { readonly upload: Upload; readonly done: Promise<string> } {
  const { url, bytes, metadata, headers, chunkBytes = Infinity, uploadDataDuringCreation = true, uploadUrl, onAcknowledged } = options;
  const { promise: done, resolve, reject } = Promise.withResolvers<string>();
  const upload = new Upload(bytes, {
    endpoint: `${url}/upload/resumable`,
    ...(uploadUrl === undefined ? {} : { uploadUrl }),
    headers: { authorization: `Bearer ${SERVICE_TOKEN}`, ...headers },
    metadata,
    chunkSize: chunkBytes,
    uploadDataDuringCreation,
    removeFingerprintOnSuccess: true,
    retryDelays: [0, 50, 100, 200, 400, 800, 1600],
    onChunkComplete: (_size, acknowledged) => onAcknowledged?.(acknowledged, upload),
    onError: reject,
    onSuccess: () => resolve(upload.url ?? ''),
  });
  upload.start();
  return { upload, done };
}
