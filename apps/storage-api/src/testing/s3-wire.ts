import { connect } from 'node:net';
import {
  amzDateOf,
  canonicalText,
  encodeQuery,
  hmacHex,
  scopeOf,
  sha256,
  type SignedRequest,
  type Signer,
  type SignInput,
  signRequest,
  signText,
} from './sign-s3.ts';

/** A request as its bytes go over the wire, so that no client tidies it up. */
export interface Wire {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

export interface WireAnswer {
  readonly status: number;
  /** The error code of S3, empty when there is none. */
  readonly code: string;
  readonly text: string;
}

/** A request signed in its Authorization header. */
export function headerWire(baseUrl: string, input: SignInput): Wire {
  return toWire(signRequest(baseUrl, input));
}

function toWire({ url, method, headers, body }: SignedRequest): Wire {
  const { host, origin } = new URL(url);
  return { method, target: url.slice(origin.length), headers: [['host', host], ...Object.entries(headers)], body: body ?? '' };
}

export interface PresignInput extends Omit<SignInput, 'contentSha256' | 'extraHeaders' | 'rawPath'> {
  readonly expires?: string;
  /** Default: UNSIGNED-PAYLOAD. */
  readonly payloadHash?: string;
}

/** A presigned request; `headers` are signed with it. */
export function presignedWire(baseUrl: string, input: PresignInput): Wire {
  const { method, path, query = {}, body = '', date = new Date(), expires = '900', payloadHash = 'UNSIGNED-PAYLOAD' } = input;
  const { host } = new URL(baseUrl);
  const headers: Record<string, string> = { host, ...input.headers };
  const names = input.signedHeaders ?? Object.keys(headers).toSorted();
  const { accessKeyId, scope } = scopeOf(input, date);
  const pairs = encodeQuery({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${accessKeyId}/${scope}`,
    'X-Amz-Date': amzDateOf(date),
    'X-Amz-Expires': expires,
    'X-Amz-SignedHeaders': names.join(';'),
    ...query,
  });
  const canonical = canonicalText({ method, path, pairs, headers, names, payloadHash });
  const signature = signText(amzDateOf(date), canonical, { ...input, date });
  return { method, target: `${path}?${pairs.join('&')}&X-Amz-Signature=${signature}`, headers: Object.entries(headers), body };
}

export interface ChunkedInput extends Omit<SignInput, 'body' | 'method'> {
  readonly chunks: readonly string[];
  readonly trailer?: readonly [name: string, value: string];
}

/** An upload in signed chunks: the request without its body, and the frames that make the body when joined. */
export function chunkedWire(baseUrl: string, input: ChunkedInput): { readonly wire: Wire; readonly frames: readonly string[] } {
  const { chunks, trailer, date = new Date() } = input;
  const decoded = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const signed = signRequest(baseUrl, {
    ...input,
    method: 'PUT',
    date,
    contentSha256: `STREAMING-AWS4-HMAC-SHA256-PAYLOAD${trailer ? '-TRAILER' : ''}`,
    headers: {
      'content-encoding': 'aws-chunked',
      'x-amz-decoded-content-length': String(decoded),
      ...(trailer ? { 'x-amz-trailer': trailer[0] } : {}),
      ...input.headers,
    },
  });
  let previous = /Signature=(\w+)/.exec(signed.headers['authorization'] ?? '')?.[1] ?? '';
  const chain = (kind: string, ...rest: readonly string[]): string => {
    const text = [`AWS4-HMAC-SHA256-${kind}`, amzDateOf(date), scopeOf(input, date).scope, previous, ...rest].join('\n');
    previous = hmacHex({ ...input, date }, text);
    return previous;
  };
  const frames = [...chunks, ''].map((chunk) => {
    const head = `${chunk.length.toString(16)};chunk-signature=${chain('PAYLOAD', sha256(''), sha256(chunk))}\r\n`;
    return chunk === '' ? head : `${head}${chunk}\r\n`;
  });
  const trailed = trailer
    ? [`${trailer.join(':')}\r\n`, `x-amz-trailer-signature:${chain('TRAILER', sha256(`${trailer.join(':')}\n`))}\r\n`]
    : [];
  return { wire: toWire(signed), frames: [...frames, ...trailed, '\r\n'] };
}

/** A part of a form; the file's has a name of its own. */
export type FormPart = readonly [name: string, value: string, fileName?: string | undefined];

export interface FormInput extends Signer {
  readonly fields: Readonly<Record<string, string>>;
  readonly conditions: readonly unknown[];
  readonly expiration?: string;
  readonly file?: string;
}

/** Parts of a form with a signed policy: the fields first, the file last. The fields of the signature are among the conditions. */
export function formParts(input: FormInput): readonly FormPart[] {
  const { fields, conditions, date = new Date(), expiration = new Date(Date.now() + 600_000).toISOString(), file = 'evil' } = input;
  const { accessKeyId, scope } = scopeOf(input, date);
  const auth = {
    'x-amz-algorithm': 'AWS4-HMAC-SHA256',
    'x-amz-credential': `${accessKeyId}/${scope}`,
    'x-amz-date': amzDateOf(date),
  };
  const own = Object.entries(auth).map(([name, value]) => ({ [name]: value }));
  const policy = Buffer.from(JSON.stringify({ expiration, conditions: [...conditions, ...own] })).toString('base64');
  const signature = hmacHex({ ...input, date }, policy);
  return [...Object.entries({ ...fields, ...auth, policy, 'x-amz-signature': signature }), ['file', file, 'up.txt']];
}

/** The form as a request to a bucket. */
export function formWire(baseUrl: string, path: string, parts: readonly FormPart[], boundary = 'frontier'): Wire {
  const encoded = parts.map(([name, value, fileName]) => {
    const type = fileName === undefined ? '' : `; filename="${fileName}"\r\ncontent-type: text/plain`;
    return `--${boundary}\r\ncontent-disposition: form-data; name="${name}"${type}\r\n\r\n${value}\r\n`;
  });
  const headers = [
    ['host', new URL(baseUrl).host],
    ['content-type', `multipart/form-data; boundary=${boundary}`],
  ] as const;
  return { method: 'POST', target: path, headers, body: `${encoded.join('')}--${boundary}--\r\n` };
}

const FRAMING = new Set(['content-length', 'transfer-encoding']);

/** Sends the bytes and reads the answer to its end. Text is taken as Latin-1. Without framing of its own a body is announced. */
export function sendWire(baseUrl: string, { method, target, headers, body }: Wire): Promise<WireAnswer> {
  const { hostname, port } = new URL(baseUrl);
  const isFramed = headers.some(([name]) => FRAMING.has(name.toLowerCase()));
  const length = isFramed || body === '' ? [] : [['content-length', String(Buffer.byteLength(body, 'latin1'))] as const];
  const lines = [...headers, ...length, ['connection', 'close'] as const].map(([name, value]) => `${name}: ${value}\r\n`);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname, () =>
      socket.write(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n${body}`, 'latin1'),
    );
    // A server that refuses early may reset the connection after its answer.
    socket.on('error', (error) => (chunks.length === 0 ? reject(error) : undefined));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('close', () => resolve(readAnswer(Buffer.concat(chunks).toString('utf8'))));
  });
}

function readAnswer(text: string): WireAnswer {
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);
  return { status, code: /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? '', text };
}
