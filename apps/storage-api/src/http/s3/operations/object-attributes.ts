import { S3Error } from '../../../access/sigv4/s3-error.ts';
import type { ObjectRow } from '../../../metadata/object-queries.ts';
import { header, type S3Call, type S3Deps, sendXml } from '../call.ts';
import { etagOf, lastModifiedOf, sizeOf } from '../entity-tag.ts';
import { readExtras } from '../stored-extras.ts';
import { renderDocument, type XmlTree } from '../xml/render-xml.ts';
import { unquoteEtag } from '../xml/request-documents.ts';
import { findReadable } from './get-object.ts';

const MAX_PARTS = 1000;

/** Each attribute a client may ask for. */
const ATTRIBUTES: Readonly<Record<string, (row: ObjectRow, call: S3Call) => XmlTree>> = {
  ETag: (row) => ({ ETag: unquoteEtag(etagOf(row)) }),
  Checksum: (row) => describeChecksum(row),
  ObjectParts: (row, call) => describeParts(row, call),
  StorageClass: () => ({ StorageClass: 'STANDARD' }),
  ObjectSize: (row) => ({ ObjectSize: sizeOf(row) }),
};

/** GET object?attributes: what x-amz-object-attributes names, without the bytes. */
export async function getObjectAttributes(deps: S3Deps, call: S3Call): Promise<void> {
  const wanted = (header(call, 'x-amz-object-attributes') ?? '').split(',').map((name) => name.trim());
  if (!wanted.every((name) => Object.hasOwn(ATTRIBUTES, name))) throw new S3Error('InvalidArgument', 'Invalid attribute name specified.');
  const row = await findReadable(deps, call);
  const content: XmlTree = Object.assign({}, ...wanted.map((name) => ATTRIBUTES[name]?.(row, call)));
  sendXml(call, renderDocument('GetObjectAttributesResponse', content), { 'last-modified': lastModifiedOf(row).toUTCString() });
}

function describeChecksum(row: ObjectRow): XmlTree {
  const { checksum } = readExtras(row);
  if (checksum === undefined) return {};
  return { Checksum: { [`Checksum${checksum.algorithm}`]: checksum.value.replace(/-\d+$/, ''), ChecksumType: checksum.type } };
}

function describeParts(row: ObjectRow, call: S3Call): XmlTree {
  const { partSizes } = readExtras(row);
  if (partSizes === undefined) return {};
  const after = readCount(call, 'x-amz-part-number-marker', 0);
  const maxParts = Math.min(readCount(call, 'x-amz-max-parts', MAX_PARTS), MAX_PARTS);
  const page = partSizes.slice(after, after + maxParts);
  return {
    ObjectParts: {
      PartsCount: partSizes.length,
      PartNumberMarker: after,
      NextPartNumberMarker: after + page.length,
      MaxParts: maxParts,
      IsTruncated: after + page.length < partSizes.length,
      Part: page.map((size, index) => ({ PartNumber: after + index + 1, Size: size })),
    },
  };
}

function readCount(call: S3Call, name: string, fallback: number): number {
  const text = header(call, name);
  if (text === null) return fallback;
  if (!/^\d{1,6}$/.test(text)) throw new S3Error('InvalidArgument', `${name} is not a whole number.`);
  return Number(text);
}
