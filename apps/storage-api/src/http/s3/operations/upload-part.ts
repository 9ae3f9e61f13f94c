import { S3Error } from '../../../access/sigv4/s3-error.ts';
import type { ByteRange, StagedBlob } from '../../../blobs/blob-store.port.ts';
import { entityTagOf } from '../../../blobs/body-digest.ts';
import { createVersionId } from '../../../blobs/version-id.ts';
import { failures, ProtocolError } from '../../../errors.ts';
import { holdInstance } from '../../../metadata/object-queries.ts';
import { withdraw } from '../../../objects/upload-object.ts';
import type { Checksum } from '../body/digest-check.ts';
import { checksumHeader } from '../body/expected-digests.ts';
import { createDigest, type RunningDigest } from '../body/checksums.ts';
import { openBody } from '../body/read-body.ts';
import { header, type S3Call, type S3Deps, sendEmpty, sendXml, setHeaders } from '../call.ts';
import { sizeOf } from '../entity-tag.ts';
import { findCallUpload, type MultipartUpload, readPartNumber } from '../multipart-upload.ts';
import { refuseUnsupportedHeaders } from '../object-head.ts';
import { putPart, usedBytes } from '../queries/multipart.ts';
import { blobChunks } from '../read-blob.ts';
import { probeWrite, stageBody } from '../write-object.ts';
import { renderDocument } from '../xml/render-xml.ts';
import { formatPartChecksum } from '../part-checksum.ts';
import { findCopySource } from './copy-source.ts';

/** PUT object?partNumber&uploadId, or with x-amz-copy-source a part copied from an object. */
export async function uploadPart(deps: S3Deps, call: S3Call): Promise<void> {
  refuseUnsupportedHeaders(call);
  if (header(call, 'x-amz-copy-source') !== null) return uploadPartCopy(deps, call);
  const partNumber = readPartNumber(call);
  const upload = await findCallUpload(deps, call);
  const body = openBody(call);
  requireUploadAlgorithm(upload, body.expected.checksum?.algorithm ?? null);
  const maxBytes = await probePart(deps, call, { upload, partNumber, announcedBytes: body.announcedBytes });
  const { staged, checksum } = await stageBody(deps, createVersionId(), body, maxBytes);
  await commitPart(deps, { upload, partNumber, staged, checksum });
  deps.metrics.uploadedBytes.inc(staged.facts.sizeBytes);
  sendEmpty(call, 200, {
    etag: `"${entityTagOf(staged.facts)}"`,
    ...(checksum === null ? {} : { [checksumHeader(checksum.algorithm)]: checksum.value }),
  });
}

async function uploadPartCopy(deps: S3Deps, call: S3Call): Promise<void> {
  const partNumber = readPartNumber(call);
  const upload = await findCallUpload(deps, call);
  const source = await findCopySource(deps, call);
  const range = readCopyRange(call, sizeOf(source));
  const announcedBytes = range === undefined ? sizeOf(source) : range.end - range.start + 1;
  const maxBytes = await probePart(deps, call, { upload, partNumber, announcedBytes });
  const algorithm = upload.checksum?.algorithm ?? null;
  const digest = algorithm === null ? null : createDigest(algorithm);
  const bytes = tap(blobChunks(deps, source, range), digest);
  const staged = await deps.blobs.stage(createVersionId(), bytes, { maxBytes });
  const checksum = algorithm === null || digest === null ? null : { algorithm, value: digest.digest().toString('base64') };
  await commitPart(deps, { upload, partNumber, staged, checksum });
  if (source.sourceVersionId !== null) setHeaders(call.res, { 'x-amz-copy-source-version-id': source.sourceVersionId });
  sendXml(
    call,
    renderDocument('CopyPartResult', {
      LastModified: new Date().toISOString(),
      ETag: `"${entityTagOf(staged.facts)}"`,
      ...(checksum === null ? {} : { [`Checksum${checksum.algorithm}`]: checksum.value }),
    }),
  );
}

async function* tap(source: AsyncIterable<Buffer>, digest: RunningDigest | null): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    digest?.update(chunk);
    yield chunk;
  }
}

function requireUploadAlgorithm(upload: MultipartUpload, sent: string | null): void {
  if (upload.checksum === null || sent === null || upload.checksum.algorithm === sent) return;
  throw new S3Error(
    'InvalidRequest',
    `Checksum Type mismatch occurred, expected checksum Type: ${upload.checksum.algorithm}, actual checksum Type: ${sent}.`,
  );
}

/** `bytes=first-last`, both given and inside the source. @throws InvalidArgument, InvalidRange */
function readCopyRange(call: S3Call, sizeBytes: number): ByteRange | undefined {
  const text = header(call, 'x-amz-copy-source-range');
  if (text === null) return undefined;
  const match = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(text);
  if (!match) throw new S3Error('InvalidArgument', 'The x-amz-copy-source-range value must be of the form bytes=first-last.');
  const [start, end] = [Number(match[1]), Number(match[2])];
  if (start > end) throw new S3Error('InvalidArgument', 'The x-amz-copy-source-range value is not a valid range.');
  if (end >= sizeBytes) throw new S3Error('InvalidRange', 'Range specified is not valid for source object of that size.');
  return { start, end };
}

interface PartProbe {
  readonly upload: MultipartUpload;
  readonly partNumber: number;
  readonly announcedBytes: number;
}

/** Largest size of this part, given its bucket's limit and the other parts. @throws EntityTooLarge, AccessDenied */
async function probePart(deps: S3Deps, call: S3Call, { upload, partNumber, announcedBytes }: PartProbe): Promise<number> {
  const { bucket, key } = call.target;
  const used = usedBytes(upload.id, partNumber);
  const plan = { bucket, key, head: upload.head, condition: { kind: 'always' } as const, announcedBytes };
  const [ticket] = await Promise.all([probeWrite(deps, call, plan), deps.database.read(used)]);
  const left = ticket.maxBytes - Number(used.rows[0]?.bytes ?? 0);
  if (announcedBytes > left) throw failures.tooLarge();
  return left;
}

interface ReceivedPart {
  readonly upload: MultipartUpload;
  readonly partNumber: number;
  readonly staged: StagedBlob;
  readonly checksum: Checksum | null;
}

/** As durable as an object: bytes in place and synced, then the row. */
async function commitPart(deps: S3Deps, { upload, partNumber, staged, checksum }: ReceivedPart): Promise<void> {
  const { version, facts } = staged;
  const instanceId = await staged.publish();
  const part = {
    uploadId: upload.id,
    partNumber,
    version,
    sizeBytes: facts.sizeBytes,
    etag: entityTagOf(facts),
    crc32: facts.crc32,
    checksum: checksum && formatPartChecksum(checksum),
  };
  try {
    await deps.database.transact({ before: [holdInstance(instanceId)], steps: [putPart(part)] });
  } catch (error) {
    await withdraw(deps, version, error);
    const isEnded = error instanceof ProtocolError && error.message === failures.relatedMissing().message;
    throw isEnded ? new S3Error('NoSuchUpload') : error;
  }
  deps.blobs.settle(version);
}
