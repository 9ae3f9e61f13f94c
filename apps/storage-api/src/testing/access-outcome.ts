import type { RawAnswer } from '@supastor/testkit/fuzz/raw-http';

/** Answers that show nothing because nothing may be seen, or changed nothing because nothing may be changed. */
const NOTHING = [
  /^\[\]$/,
  /^\{"hasNext":false,"folders":\[\],"objects":\[\]\}$/,
  /^\[\{"error":"[^"]+","path":"[^"]+","signedURL":null\}\]$/,
  /^<\?xml[^>]*>\s*<(?:ListBucketResult|ListVersionsResult|ListMultipartUploadsResult)(?![^]*<(?:Key|Prefix)>[^<]*a\.txt|[^]*<Key>)/,
  /^<\?xml[^>]*>\s*<ListAllMyBucketsResult(?![^]*<Name>)/,
  /^<\?xml[^>]*>\s*<DeleteResult(?![^]*<Deleted>)/,
];

const CODES: Readonly<Record<string, string>> = {
  AccessDenied: 'denied',
  InvalidJWT: 'bad token',
  InvalidSignature: 'bad link',
  FeatureNotEnabled: 'absent',
  InvalidAccessKeyId: 'bad key',
  SignatureDoesNotMatch: 'bad key',
};

/**
 * What became of a request, in a word: `yes`; `nothing` when it was answered and showed or changed nothing; `no token`, `bad token`,
 * `bad link`, `bad key`; `denied`; `hidden` when the answer is that there is no such thing; `absent` for what this server does not have;
 * `unset` for a setting that nobody made; `refused` for a HEAD, which has no body to say more. Anything else is said as it came.
 */
export function outcomeOf(method: string, { status, text }: RawAnswer): string {
  if (status < 400) return NOTHING.some((pattern) => pattern.test(text)) ? 'nothing' : 'yes';
  if (method === 'HEAD') return status === 404 ? 'hidden' : 'refused';
  const code = codeOf(text);
  if (text === 'Invalid signature') return 'bad link';
  if (code === undefined) return { 403: 'denied', 404: 'hidden', 405: 'hidden' }[status] ?? `${status} ${text}`;
  if (text.includes("required property 'authorization'")) return 'no token';
  if (/Invalid Compact JWS|exp\\?" claim/.test(text)) return 'bad token';
  const known = CODES[code];
  if (known !== undefined) return known;
  if (/ConfigurationNotFoundError$|^NoSuch.*(?:Configuration|TagSet|Policy)$/.test(code)) return 'unset';
  return code.startsWith('NoSuch') ? 'hidden' : `${status} ${code}`;
}

function codeOf(text: string): string | undefined {
  return /"code":"(\w+)"/.exec(text)?.[1] ?? /<Code>(\w+)<\/Code>/.exec(text)?.[1];
}
