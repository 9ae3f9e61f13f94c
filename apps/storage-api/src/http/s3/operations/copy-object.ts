import { S3Error } from '../../../access/sigv4/s3-error.ts';
import { createDigest } from '../body/checksums.ts';
import { parseChecksumAlgorithm } from '../body/expected-digests.ts';
import { header, type S3Call, type S3Deps, sendXml, setHeaders } from '../call.ts';
import { etagOf, sizeOf } from '../entity-tag.ts';
import { requireValidKey } from '../key.ts';
import { type ObjectHead, readObjectHead, refuseUnsupportedHeaders, type S3Extras, type StoredChecksum } from '../object-head.ts';
import { blobChunks } from '../read-blob.ts';
import { readExtras } from '../stored-extras.ts';
import { commitObject, probeWrite, readWriteCondition } from '../write-object.ts';
import { renderDocument } from '../xml/render-xml.ts';
import { findCopySource, type SourceRow } from './copy-source.ts';

/** PUT object with x-amz-copy-source: the bytes of the two are independent from then on. */
export async function copyOneObject(deps: S3Deps, call: S3Call): Promise<void> {
  refuseUnsupportedHeaders(call);
  const { bucket, key } = call.target;
  requireValidKey(key);
  const directive = readDirective(call, 'x-amz-metadata-directive');
  const tagDirective = readDirective(call, 'x-amz-tagging-directive');
  const source = await findCopySource(deps, call);
  if (source.bucket_id === bucket && source.name === key && directive === 'COPY' && (source.archived_at ?? null) === null) {
    throw new S3Error(
      'InvalidRequest',
      'This copy request is illegal because it is trying to copy an object to itself without changing its metadata.',
    );
  }
  const requested = readObjectHead(call);
  const head = directive === 'COPY' ? headOf(source) : requested;
  const tags = tagDirective === 'COPY' ? readExtras(source).tags : requested.extras.tags;
  const checksum = await chooseChecksum(deps, call, source);
  const sizeBytes = sizeOf(source);
  const plan = { bucket, key, head, condition: readWriteCondition(call), announcedBytes: sizeBytes };
  const { version, keepsVersions } = await probeWrite(deps, call, plan);
  const etag = etagOf(source);
  const crc32 = source.crc32 === null ? null : Number(source.crc32);
  const bytes = { version, sizeBytes, sha256: source.sha256, crc32, etag, publish: () => deps.blobs.copy(source.version, version) };
  const { tags: _replaced, ...kept } = head.extras;
  const extras: S3Extras = { ...kept, ...(tags === undefined ? {} : { tags }), ...(checksum === null ? {} : { checksum }) };
  const metadata = await commitObject(deps, call, plan, bytes, { extras, keepsVersions });
  if (source.sourceVersionId !== null) setHeaders(call.res, { 'x-amz-copy-source-version-id': source.sourceVersionId });
  sendXml(
    call,
    renderDocument('CopyObjectResult', {
      LastModified: metadata.lastModified,
      ETag: etag,
      ...(checksum === null ? {} : { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type }),
    }),
  );
}

function readDirective(call: S3Call, name: string): 'COPY' | 'REPLACE' {
  const directive = header(call, name) ?? 'COPY';
  if (directive !== 'COPY' && directive !== 'REPLACE') throw new S3Error('InvalidArgument', `Unknown ${name}.`);
  return directive;
}

function headOf(source: SourceRow): ObjectHead {
  const { metadata, user_metadata: userMetadata } = source;
  const { contentDisposition, contentLanguage, expires } = readExtras(source);
  return {
    mimeType: metadata?.mimetype ?? 'binary/octet-stream',
    cacheControl: metadata?.cacheControl ?? 'no-cache',
    ...(metadata?.contentEncoding === undefined ? {} : { contentEncoding: metadata.contentEncoding }),
    userMetadata,
    extras: {
      ...(contentDisposition === undefined ? {} : { contentDisposition }),
      ...(contentLanguage === undefined ? {} : { contentLanguage }),
      ...(expires === undefined ? {} : { expires }),
    },
  };
}

/** The source's checksum, unless another algorithm is asked for: then the bytes are read. */
async function chooseChecksum(deps: S3Deps, call: S3Call, source: SourceRow): Promise<StoredChecksum | null> {
  const stored = readExtras(source).checksum ?? null;
  const wanted = header(call, 'x-amz-checksum-algorithm');
  if (wanted === null) return stored;
  const algorithm = parseChecksumAlgorithm(wanted);
  if (stored?.algorithm === algorithm && stored.type === 'FULL_OBJECT') return stored;
  const digest = createDigest(algorithm);
  for await (const chunk of blobChunks(deps, source)) digest.update(chunk);
  return { algorithm, value: digest.digest().toString('base64'), type: 'FULL_OBJECT' };
}
