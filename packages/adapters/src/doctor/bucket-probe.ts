import { randomUUID } from 'node:crypto';
import type { Config } from '@supastor/contract/config/schema';
import type { BucketFact, BucketStep } from '@supastor/core/doctor/store-checks';
import { type S3Keys, signS3 } from './sign-s3.ts';

const TIMEOUT_MS = 10_000;
const PROBE = Buffer.from('probe of supastor doctor\n');
const EMPTY = Buffer.alloc(0);

interface Request {
  readonly step: BucketStep;
  readonly method: string;
  readonly key?: string;
  readonly query?: string;
  readonly body?: Buffer;
}

/** Does in the bucket what the storage server needs to do, with one object that is removed again. */
export async function probeBucket({ storage: { s3 } }: Config, signal?: AbortSignal): Promise<BucketFact> {
  const { bucket, accessKeyId, secretAccessKey } = s3;
  if (bucket === undefined || accessKeyId === undefined || secretAccessKey === undefined) return { kind: 'unset' };
  const keys = {
    accessKeyId: accessKeyId.reveal(),
    secretAccessKey: secretAccessKey.reveal(),
    sessionToken: s3.sessionToken?.reveal(),
    region: s3.region,
  };
  const base = bucketUrl(s3, bucket);
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const until = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  const steps = requests(s3.prefix);
  let skewMs: number | null = null;
  try {
    for (const request of steps) {
      const answer = await send(base, request, keys, until);
      skewMs = answer.skewMs ?? skewMs;
      if (answer.status < 300) continue;
      // What was put must not stay because it cannot be read.
      if (request.step === 'GetObject') await Promise.all(steps.slice(-1).map((removal) => send(base, removal, keys, until)));
      return { kind: 'refused', step: request.step, ...answer, skewMs };
    }
    return { kind: 'ready', skewMs };
  } catch (error) {
    signal?.throwIfAborted();
    return { kind: 'unreachable', endpoint: base.origin, reason: reasonOf(error) };
  }
}

function requests(prefix = ''): readonly Request[] {
  const key = `${prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`}supastor-doctor-${randomUUID()}`;
  return [
    { step: 'ListBucket', method: 'GET', query: 'list-type=2&max-keys=1' },
    { step: 'ListBucketMultipartUploads', method: 'GET', query: 'max-uploads=1&uploads=' },
    { step: 'PutObject', method: 'PUT', key, body: PROBE },
    { step: 'GetObject', method: 'GET', key },
    { step: 'DeleteObject', method: 'DELETE', key },
  ];
}

function bucketUrl({ endpoint, region, forcePathStyle }: Config['storage']['s3'], bucket: string): URL {
  const url = new URL(endpoint ?? `https://s3.${region}.amazonaws.com`);
  const root = url.pathname.replace(/\/$/, '');
  if (forcePathStyle && endpoint !== undefined) url.pathname = `${root}/${bucket}`;
  else url.host = `${bucket}.${url.host}`;
  return url;
}

async function send(base: URL, { method, key, query = '', body = EMPTY }: Request, keys: S3Keys, signal: AbortSignal) {
  const url = new URL(base);
  if (key !== undefined) url.pathname = `${base.pathname.replace(/\/$/, '')}/${key}`;
  url.search = query;
  const sentMs = Date.now();
  const headers = signS3(method, url, body, keys, sentMs);
  const response = await fetch(url, {
    method,
    headers,
    signal,
    redirect: 'manual',
    ...(method === 'PUT' ? { body: new Uint8Array(body) } : {}),
  });
  const text = await response.text();
  const date = Date.parse(response.headers.get('date') ?? '');
  const region = /<Region>([^<]{1,64})<\/Region>/.exec(text)?.[1] ?? response.headers.get('x-amz-bucket-region');
  return {
    status: response.status,
    code: /<Code>([^<]{1,100})<\/Code>/.exec(text)?.[1] ?? '',
    region: region === keys.region ? null : region,
    // The header has whole seconds.
    skewMs: Number.isNaN(date) ? null : date + 500 - (sentMs + Date.now()) / 2,
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${TIMEOUT_MS / 1000} s`;
  const { cause } = error;
  return cause instanceof Error ? cause.message || ('code' in cause ? String(cause.code) : cause.name) : error.message;
}
