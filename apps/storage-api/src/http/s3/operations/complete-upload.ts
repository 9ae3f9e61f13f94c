import { S3Error } from '../../../access/sigv4/s3-error.ts';
import type { StagedBlob } from '../../../blobs/blob-store.port.ts';
import { failures } from '../../../errors.ts';
import { findObject } from '../../../metadata/object-queries.ts';
import { compositeChecksum, createDigest, multipartEtag, type RunningDigest } from '../body/checksums.ts';
import { checksumHeader } from '../body/expected-digests.ts';
import { readDocument } from '../body/read-body.ts';
import { header, param, type S3Call, type S3Deps } from '../call.ts';
import { etagOf } from '../entity-tag.ts';
import { type ChecksumPlan, findCallUpload, type MultipartUpload } from '../multipart-upload.ts';
import type { StoredChecksum } from '../object-head.ts';
import { finishUpload, listPartRows, type PartRow } from '../queries/multipart.ts';
import { readPartChecksum } from '../part-checksum.ts';
import { blobChunks } from '../read-blob.ts';
import { readExtras } from '../stored-extras.ts';
import { commitObject, probeWrite, readWriteCondition } from '../write-object.ts';
import { SlowAnswer } from '../slow-answer.ts';
import { type CompletedPart, MAX_PART_NUMBER, parseCompleteMultipartUpload } from '../xml/request-documents.ts';
import { renderDocument } from '../xml/render-xml.ts';

const MAX_DOCUMENT_BYTES = 8 * 1024 * 1024;
const MIN_PART_BYTES = 5 * 1024 * 1024;

/** POST object?uploadId: joins the parts into one object. Completing the same upload again answers the same. */
export async function completeMultipartUpload(deps: S3Deps, call: S3Call): Promise<void> {
  const condition = readWriteCondition(call);
  const wanted = parseCompleteMultipartUpload(await readDocument(call, MAX_DOCUMENT_BYTES));
  const upload = await findCallUpload(deps, call).catch((error: unknown) => answerAgain(deps, call, error));
  if (upload === null) return;
  const list = listPartRows(upload.id, 0, MAX_PART_NUMBER);
  await deps.database.read(list);
  const parts = choosePartRows(wanted, list.rows, upload.checksum);
  const { bucket, key } = call.target;
  const sizes = parts.map((part) => Number(part.size_bytes));
  const announcedBytes = sizes.reduce((sum, size) => sum + size, 0);
  requireObjectSize(call, announcedBytes);
  const plan = { bucket, key, head: upload.head, condition, announcedBytes };
  const ticket = await probeWrite(deps, call, plan);
  if (announcedBytes > ticket.maxBytes) throw failures.tooLarge();
  const answer = new SlowAnswer(call.res);
  try {
    const { staged, checksum } = await assemble(deps, call, { upload, parts, version: ticket.version, announcedBytes });
    const etag = `"${multipartEtag(parts.map((part) => part.etag))}"`;
    const bytes = {
      version: ticket.version,
      sizeBytes: announcedBytes,
      sha256: staged.facts.sha256.toString('hex'),
      crc32: staged.facts.crc32,
      etag,
      publish: () => staged.publish(),
    };
    const extras = { ...upload.head.extras, ...(checksum === null ? {} : { checksum }), uploadId: upload.id, partSizes: sizes };
    await commitObject(deps, call, plan, bytes, { extras, keepsVersions: ticket.keepsVersions, before: [finishUpload(upload.id)] });
    answer.send(renderResult(call, etag, checksum));
  } catch (error) {
    answer.fail(error, { ...call.target, requestId: String(call.res.getHeader('x-amz-request-id') ?? '') });
  }
}

function renderResult(call: S3Call, etag: string, checksum: StoredChecksum | null): string {
  const { bucket, key } = call.target;
  const path = `/${encodeURIComponent(bucket)}/${key.split('/').map(encodeURIComponent).join('/')}`;
  return renderDocument('CompleteMultipartUploadResult', {
    Location: `http://${header(call, 'host') ?? ''}${path}`,
    Bucket: bucket,
    Key: key,
    ETag: etag,
    ...(checksum === null ? {} : { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type }),
  });
}

/** A client that did not hear the answer asks again: the object then knows the upload it came from. */
async function answerAgain(deps: S3Deps, call: S3Call, error: unknown): Promise<null> {
  const id = param(call, 'uploadId') ?? '';
  const { bucket, key } = call.target;
  if (!(error instanceof S3Error) || id === '' || key.includes('\0')) throw error;
  const find = findObject(bucket, key);
  await deps.database.readAs(call.scope, find);
  const row = find.rows[0];
  const extras = row === undefined ? {} : readExtras(row);
  if (row === undefined || extras.uploadId !== id) throw error;
  new SlowAnswer(call.res).send(renderResult(call, etagOf(row), extras.checksum ?? null));
  return null;
}

function requireObjectSize(call: S3Call, sizeBytes: number): void {
  const announced = header(call, 'x-amz-mp-object-size');
  if (announced === null || announced === String(sizeBytes)) return;
  throw new S3Error('InvalidRequest', 'The provided x-amz-mp-object-size does not match the size of the parts.');
}

/** The stored parts the client names, each with the entity tag and checksum it names. @throws InvalidPart, EntityTooSmall */
function choosePartRows(wanted: readonly CompletedPart[], rows: readonly PartRow[], checksum: ChecksumPlan | null): readonly PartRow[] {
  const byNumber = new Map(rows.map((row) => [row.part_number, row]));
  const chosen = wanted.map((part) => {
    const row = byNumber.get(part.partNumber);
    if (row === undefined || row.etag !== part.etag) throw new S3Error('InvalidPart');
    const claimed = part.checksum;
    if (claimed !== null && claimed.value !== readPartChecksum(row.checksum, claimed.algorithm)) throw new S3Error('InvalidPart');
    if (checksum?.type === 'COMPOSITE' && readPartChecksum(row.checksum, checksum.algorithm) === null) {
      throw new S3Error('InvalidRequest', `The upload was created using a ${checksum.algorithm} checksum. Every part must carry it.`);
    }
    return row;
  });
  if (chosen.slice(0, -1).some((row) => Number(row.size_bytes) < MIN_PART_BYTES)) throw new S3Error('EntityTooSmall');
  return chosen;
}

interface Assembly {
  readonly upload: MultipartUpload;
  readonly parts: readonly PartRow[];
  readonly version: string;
  readonly announcedBytes: number;
}

interface Assembled {
  readonly staged: StagedBlob;
  readonly checksum: StoredChecksum | null;
}

async function assemble(deps: S3Deps, call: S3Call, { upload, parts, version, announcedBytes }: Assembly): Promise<Assembled> {
  const { checksum: plan } = upload;
  const digest = plan?.type === 'FULL_OBJECT' ? createDigest(plan.algorithm) : null;
  const staged = await deps.blobs.stage(version, joinParts(deps, parts, digest), { maxBytes: announcedBytes, md5: 'small' });
  try {
    if (staged.facts.sizeBytes !== announcedBytes) throw new S3Error('InternalError', 'The bytes of a part are incomplete.');
    if (plan === null) return { staged, checksum: null };
    const value =
      digest?.digest().toString('base64') ??
      compositeChecksum(
        plan.algorithm,
        parts.map((part) => readPartChecksum(part.checksum, plan.algorithm) ?? ''),
      );
    requireClaimedChecksum(call, plan, value);
    return { staged, checksum: { ...plan, value } };
  } catch (error) {
    await staged.discard();
    throw error;
  }
}

/** The checksum in the header may leave out the number of parts. @throws BadDigest */
function requireClaimedChecksum(call: S3Call, { algorithm }: ChecksumPlan, value: string): void {
  const claimed = header(call, checksumHeader(algorithm));
  if (claimed === null || claimed === value || claimed === value.replace(/-\d+$/, '')) return;
  throw new S3Error('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`);
}

async function* joinParts(deps: S3Deps, parts: readonly PartRow[], digest: RunningDigest | null): AsyncGenerator<Buffer> {
  for (const part of parts) {
    for await (const chunk of blobChunks(deps, part)) {
      digest?.update(chunk);
      yield chunk;
    }
  }
}
