import { createHash, createHmac } from 'node:crypto';
import { KEY_PAIR } from './s3.ts';

export interface SignInput {
  readonly method: string;
  /** Percent-encoded path. */
  readonly path: string;
  /** Sent instead of `path`, which stays what is signed. */
  readonly rawPath?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent but not signed. */
  readonly extraHeaders?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Default: the true hash of the body. */
  readonly contentSha256?: string;
  readonly date?: Date;
  readonly accessKeyId?: string;
  readonly secret?: string;
}

export interface SignedRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

/** A request signed by hand, so that tests may sign what no SDK would send. */
export function signRequest(baseUrl: string, input: SignInput): SignedRequest {
  const {
    method,
    path,
    rawPath = path,
    query = {},
    body,
    date = new Date(),
    accessKeyId = KEY_PAIR.accessKeyId,
    secret = KEY_PAIR.secret,
  } = input;
  const amzDate = date.toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const contentSha256 = input.contentSha256 ?? sha256(body ?? '');
  const signed: Record<string, string> = {
    ...input.headers,
    host: new URL(baseUrl).host,
    'x-amz-date': amzDate,
    'x-amz-content-sha256': contentSha256,
  };
  const names = Object.keys(signed).toSorted();
  const pairs = Object.entries(query).map(([name, value]) => `${strict(name)}=${strict(value)}`);
  const lines = names.map((name) => `${name}:${signed[name]}\n`).join('');
  const canonical = [method, path, pairs.toSorted().join('&'), lines, names.join(';'), contentSha256].join('\n');
  const scope = `${amzDate.slice(0, 8)}/us-east-1/s3/aws4_request`;
  const key = scope
    .split('/')
    .reduce<string | Buffer>((current, part) => createHmac('sha256', current).update(part).digest(), `AWS4${secret}`);
  const signature = createHmac('sha256', key)
    .update(`AWS4-HMAC-SHA256\n${amzDate}\n${scope}\n${sha256(canonical)}`)
    .digest('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  const { host: _host, ...sent } = signed;
  return {
    url: `${baseUrl}${rawPath}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`,
    method,
    headers: { ...sent, ...input.extraHeaders, authorization },
    body,
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function strict(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
