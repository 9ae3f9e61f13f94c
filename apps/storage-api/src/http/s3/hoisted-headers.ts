import type { Pairs, SignableRequest } from '../../access/sigv4/canonical.ts';
import { headerValue } from '../../access/sigv4/request-headers.ts';
import { S3Error } from '../../access/sigv4/s3-error.ts';
import { CHECKSUM_ALGORITHMS, createDigest } from './body/checksums.ts';
import { checksumHeader } from './body/expected-digests.ts';

const AUTH_PARAMS = /^x-amz-(?:algorithm|credential|date|expires|signedheaders|signature)$/;

/** SDKs that presign before they know the body put the checksum of no bytes at all into the URL. It says nothing about the body. */
const EMPTY_CHECKSUMS: ReadonlyMap<string, string> = new Map(
  CHECKSUM_ALGORITHMS.map((algorithm) => [checksumHeader(algorithm), createDigest(algorithm).digest().toString('base64')]),
);

/**
 * Headers of a presigned request: those sent, and `x-amz-*` parameters, which SDKs move into the query and which mean the same there.
 * @throws InvalidRequest when a header differs from the parameter of the same name
 */
export function withHoistedHeaders({ query, headers }: SignableRequest): Pairs {
  const hoisted = query
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name, value]) => name.startsWith('x-amz-') && !AUTH_PARAMS.test(name) && EMPTY_CHECKSUMS.get(name) !== value);
  const added = hoisted.filter(([name, value]) => {
    const sent = headerValue(headers, name);
    if (sent !== null && sent !== value) throw new S3Error('InvalidRequest', 'A header differs from the parameter of the same name.');
    return sent === null;
  });
  return [...headers, ...added];
}
