import { createHash, createHmac } from 'node:crypto';
import { KEY_PAIR } from './s3.ts';

/** Who signs, when, and for what. */
export interface Signer {
  readonly date?: Date;
  readonly accessKeyId?: string;
  readonly secret?: string;
  /** Default: `<day>/us-east-1/s3/aws4_request`. */
  readonly scope?: string;
}

export interface SignInput extends Signer {
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
  /** Default: every header but the extra ones. */
  readonly signedHeaders?: readonly string[];
}

export interface SignedRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

/** A request signed by hand, so that tests may sign what no SDK would send. */
export function signRequest(baseUrl: string, input: SignInput): SignedRequest {
  const { method, path, rawPath = path, query = {}, body, date = new Date() } = input;
  const contentSha256 = input.contentSha256 ?? sha256(body ?? '');
  const signed: Record<string, string> = {
    host: new URL(baseUrl).host,
    'x-amz-date': amzDateOf(date),
    'x-amz-content-sha256': contentSha256,
    ...input.headers,
  };
  const names = input.signedHeaders ?? Object.keys(signed).toSorted();
  const pairs = encodeQuery(query);
  const canonical = canonicalText({ method, path, pairs, headers: signed, names, payloadHash: contentSha256 });
  const { accessKeyId, scope } = scopeOf(input, date);
  const signature = signText(signed['x-amz-date'] ?? '', canonical, { ...input, date });
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  const { host: _host, ...sent } = signed;
  return {
    url: `${baseUrl}${rawPath}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`,
    method,
    headers: { ...sent, ...input.extraHeaders, authorization },
    body,
  };
}

export interface CanonicalInput {
  readonly method: string;
  readonly path: string;
  /** Encoded `name=value`. */
  readonly pairs: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly names: readonly string[];
  readonly payloadHash: string;
}

/** The canonical request; header values as they are given, so they must not have blanks to trim. */
export function canonicalText({ method, path, pairs, headers, names, payloadHash }: CanonicalInput): string {
  const lines = names.map((name) => `${name}:${headers[name] ?? ''}\n`).join('');
  return [method, path, pairs.toSorted().join('&'), lines, names.join(';'), payloadHash].join('\n');
}

/** The signature of a canonical request. */
export function signText(amzDate: string, canonical: string, signer: Signer & { readonly date: Date }): string {
  return hmacHex(signer, `AWS4-HMAC-SHA256\n${amzDate}\n${scopeOf(signer, signer.date).scope}\n${sha256(canonical)}`);
}

/** Any text signed with the key of the scope, as policies and chunks are. */
export function hmacHex(signer: Signer & { readonly date: Date }, text: string): string {
  const { secret = KEY_PAIR.secret } = signer;
  const parts = scopeOf(signer, signer.date).scope.split('/');
  const key = parts.reduce<string | Buffer>((current, part) => createHmac('sha256', current).update(part).digest(), `AWS4${secret}`);
  return createHmac('sha256', key).update(text).digest('hex');
}

/** Access key and scope that a signer names. */
export function scopeOf(signer: Signer, date: Date): { readonly accessKeyId: string; readonly scope: string } {
  const { accessKeyId = KEY_PAIR.accessKeyId, scope = `${amzDateOf(date).slice(0, 8)}/us-east-1/s3/aws4_request` } = signer;
  return { accessKeyId, scope };
}

/** `YYYYMMDDTHHMMSSZ`. */
export function amzDateOf(date: Date): string {
  return date.toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
}

/** Encoded `name=value` pairs. */
export function encodeQuery(query: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(query).map(([name, value]) => `${strict(name)}=${strict(value)}`);
}

/** Hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function strict(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
