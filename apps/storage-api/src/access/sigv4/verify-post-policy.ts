import { parseAmzDate } from './amz-date.ts';
import type { ResolveCredentials } from './credentials.port.ts';
import { ALGORITHM, parseCredential, parseSignature } from './parse-credential.ts';
import { type ByteRange, checkPolicy } from './post-policy.ts';
import { S3Error } from './s3-error.ts';
import { sign, signaturesEqual, type SigningKeys } from './signing-key.ts';

export interface PostVerifyOptions<Identity> {
  readonly resolveCredentials: ResolveCredentials<Identity>;
  readonly signingKeys: SigningKeys;
  readonly now: () => number;
  readonly enforcedRegion: string | null;
}

/** Form fields in lower case, without `file`; `key` already has `${filename}` filled in. */
export type PostFields = ReadonlyMap<string, string>;

export interface VerifiedPost<Identity> {
  readonly identity: Identity;
  /** Bounds on the size of the file; null when the policy sets none. */
  readonly contentLength: ByteRange | null;
}

/**
 * Verifies the signature of an HTML form upload and that its fields satisfy its policy.
 * @throws S3Error AccessDenied, InvalidArgument, SignatureDoesNotMatch, InvalidAccessKeyId, InvalidPolicyDocument.
 */
export async function verifyPostPolicy<Identity>(
  bucket: string,
  fields: PostFields,
  options: PostVerifyOptions<Identity>,
): Promise<VerifiedPost<Identity>> {
  const required = (name: string): string => {
    const value = fields.get(name);
    if (!value) throw new S3Error(name === 'policy' ? 'AccessDenied' : 'InvalidArgument', `The form is missing the field '${name}'.`);
    return value;
  };
  const policy = required('policy');
  if (required('x-amz-algorithm') !== ALGORITHM) throw new S3Error('InvalidArgument', `x-amz-algorithm only supports "${ALGORITHM}".`);
  const credential = parseCredential(required('x-amz-credential'), 'AuthorizationQueryParametersError');
  const signature = parseSignature(required('x-amz-signature'), 'AuthorizationQueryParametersError');
  const amzDate = required('x-amz-date');
  if (parseAmzDate(amzDate) === null || amzDate.slice(0, 8) !== credential.scope.date) {
    throw new S3Error('AccessDenied', 'x-amz-date is malformed or not the day of the credential.');
  }
  if (options.enforcedRegion !== null && credential.scope.region !== options.enforcedRegion) {
    throw new S3Error('AuthorizationQueryParametersError', 'The Credential names a wrong region.');
  }
  const resolved = await options.resolveCredentials(credential.accessKeyId, fields.get('x-amz-security-token') ?? null);
  if (!resolved) throw new S3Error('InvalidAccessKeyId');
  const expected = resolved.secrets.map((secret) => sign(options.signingKeys.derive(secret, credential.scope), policy));
  if (!expected.some((candidate) => signaturesEqual(candidate, signature))) throw new S3Error('SignatureDoesNotMatch');
  const contentLength = checkPolicy(policy, { bucket, fields, nowMs: options.now() });
  return { identity: await resolved.identify(), contentLength };
}
