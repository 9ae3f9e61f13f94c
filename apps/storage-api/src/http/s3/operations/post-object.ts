import type { Readable } from 'node:stream';
import type { Pairs } from '../../../access/sigv4/canonical.ts';
import type { ByteRange } from '../../../access/sigv4/post-policy.ts';
import type { PostFields } from '../../../access/sigv4/verify-post-policy.ts';
import { S3Error } from '../../../access/sigv4/s3-error.ts';
import { entityTagOf } from '../../../blobs/body-digest.ts';
import { DigestCheck } from '../body/digest-check.ts';
import { readExpectedDigests } from '../body/expected-digests.ts';
import { type S3Call, type S3Deps, sendEmpty, sendXml } from '../call.ts';
import { readObjectHead, refuseUnsupportedHeaders } from '../object-head.ts';
import { commitObject, probeWrite } from '../write-object.ts';
import { renderDocument } from '../xml/render-xml.ts';
import { parseTagging } from '../xml/request-documents.ts';
import type { PostForm } from './post-form.ts';

/** Fields that become headers of the object. */
const HEAD_FIELDS = /^(?:content-type|content-encoding|content-disposition|content-language|content-md5|cache-control|expires|x-amz-.+)$/;

/** Receives the file of an HTML form whose policy was verified, and answers as the form asks. */
export async function postObject(deps: S3Deps, call: S3Call, form: PostForm, contentLength: ByteRange | null): Promise<void> {
  const { bucket, key } = call.target;
  const pairs: Pairs = [...form.fields].filter(([name]) => HEAD_FIELDS.test(name));
  const headers = {
    headers: pairs.some(([name]) => name === 'content-type') ? pairs : [...pairs, ['content-type', form.fileType] as const],
  };
  refuseUnsupportedHeaders(headers);
  const head = readObjectHead(headers);
  const tagging = form.fields.get('tagging');
  const tags = tagging === undefined ? {} : { tags: Object.fromEntries(parseTagging(tagging)) };
  const check = new DigestCheck(readExpectedDigests(pairs, { kind: 'unsigned' }));
  const condition = { kind: 'always' } as const;
  const ticket = await probeWrite(deps, call, { bucket, key, head, condition, announcedBytes: 0 });
  const { minBytes, maxBytes } = contentLength ?? { minBytes: 0, maxBytes: Number.MAX_SAFE_INTEGER };
  const staged = await deps.blobs.stage(ticket.version, tap(form.file, check), { maxBytes: Math.min(ticket.maxBytes, maxBytes) });
  const { sha256, crc32, sizeBytes } = staged.facts;
  const etag = `"${entityTagOf(staged.facts)}"`;
  const bytes = { version: ticket.version, sizeBytes, sha256: sha256.toString('hex'), crc32, etag, publish: () => staged.publish() };
  let checksum;
  try {
    if (sizeBytes < minBytes) throw new S3Error('EntityTooSmall');
    checksum = check.finish(staged.facts, new Map());
  } catch (error) {
    await staged.discard();
    throw error;
  }
  const extras = { ...head.extras, ...tags, ...(checksum === null ? {} : { checksum: { ...checksum, type: 'FULL_OBJECT' as const } }) };
  await commitObject(deps, call, { bucket, key, head, condition }, bytes, { extras, keepsVersions: ticket.keepsVersions });
  deps.metrics.uploadedBytes.inc(sizeBytes);
  answer(call, form.fields, etag);
}

/** The key a form asks for, with the file's name filled in. @throws InvalidArgument without one */
export function keyOfForm({ fields, fileName }: PostForm): string {
  const key = fields.get('key');
  if (!key)
    throw new S3Error(
      'InvalidArgument',
      "Bucket POST must contain a field named 'key'. If it is specified, please check the order of the fields.",
    );
  return key.replaceAll('${filename}', () => fileName);
}

async function* tap(source: Readable, check: DigestCheck): AsyncGenerator<Buffer> {
  for await (const chunk of source.iterator({ destroyOnReturn: false })) {
    check.update(chunk);
    yield chunk;
  }
}

function answer(call: S3Call, fields: PostFields, etag: string): void {
  const { bucket, key } = call.target;
  const location = `/${encodeURIComponent(bucket)}/${key.split('/').map(encodeURIComponent).join('/')}`;
  const redirect = redirectTarget(fields.get('success_action_redirect') ?? fields.get('redirect'));
  if (redirect !== null) {
    for (const [name, value] of Object.entries({ bucket, key, etag })) redirect.searchParams.set(name, value);
    return sendEmpty(call, 303, { location: redirect.href, etag });
  }
  const status = fields.get('success_action_status');
  if (status !== '201') return sendEmpty(call, status === '200' ? 200 : 204, { etag, location });
  sendXml(call, renderDocument('PostResponse', { Location: location, Bucket: bucket, Key: key, ETag: etag }), { etag, location }, 201);
}

function redirectTarget(text: string | undefined): URL | null {
  if (text === undefined || !URL.canParse(text)) return null;
  const url = new URL(text);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : null;
}
