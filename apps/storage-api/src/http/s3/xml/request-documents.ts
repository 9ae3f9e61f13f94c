import { S3Error } from '../../../access/sigv4/s3-error.ts';
import { CHECKSUM_ALGORITHMS, type ChecksumAlgorithm } from '../body/checksums.ts';
import { parseXml, type XmlElement } from './parse-xml.ts';

export interface CompletedPart {
  readonly partNumber: number;
  /** Without quotes. */
  readonly etag: string;
  readonly checksum: { readonly algorithm: ChecksumAlgorithm; readonly value: string } | null;
}

export const MAX_PART_NUMBER = 10_000;
const MAX_DELETE_KEYS = 1000;
const MAX_TAGS = 10;
const MAX_BUCKET_TAGS = 50;

/**
 * Parts of a CompleteMultipartUpload document in the order given.
 * @throws MalformedXML; InvalidPartOrder unless numbers rise.
 */
export function parseCompleteMultipartUpload(source: string): readonly CompletedPart[] {
  const root = expectRoot(source, 'CompleteMultipartUpload');
  const parts = root.children.map((element) => {
    if (element.name !== 'Part') throw new S3Error('MalformedXML');
    return parsePart(element);
  });
  if (parts.length === 0 || parts.length > MAX_PART_NUMBER) throw new S3Error('MalformedXML');
  if (parts.some((part, index) => index > 0 && part.partNumber <= (parts[index - 1]?.partNumber ?? 0)))
    throw new S3Error('InvalidPartOrder');
  return parts;
}

function parsePart(element: XmlElement): CompletedPart {
  const fields = uniqueFields(element);
  const number = fields.get('PartNumber')?.trim() ?? '';
  const etag = fields.get('ETag')?.trim();
  if (!/^\d{1,5}$/.test(number) || !etag) throw new S3Error('MalformedXML');
  const partNumber = Number(number);
  if (partNumber < 1 || partNumber > MAX_PART_NUMBER) throw new S3Error('InvalidArgument', 'Part number must be between 1 and 10000.');
  const algorithm = CHECKSUM_ALGORITHMS.find((candidate) => fields.has(`Checksum${candidate}`));
  const value = algorithm ? fields.get(`Checksum${algorithm}`)?.trim() : undefined;
  return { partNumber, etag: unquoteEtag(etag), checksum: algorithm && value ? { algorithm, value } : null };
}

/** An entity tag without its quotes. */
export function unquoteEtag(etag: string): string {
  return etag.replace(/^"(.*)"$/, '$1');
}

export interface DeleteRequest {
  readonly quiet: boolean;
  readonly objects: readonly { readonly key: string; readonly versionId: string | null; readonly etag: string | null }[];
}

/** @throws MalformedXML unless it names 1 to 1000 objects. */
export function parseDelete(source: string): DeleteRequest {
  const root = expectRoot(source, 'Delete');
  const elements = root.children.filter(({ name }) => name === 'Object');
  const quiet = root.children.filter(({ name }) => name === 'Quiet');
  if (elements.length + quiet.length !== root.children.length || quiet.length > 1) throw new S3Error('MalformedXML');
  if (elements.length === 0 || elements.length > MAX_DELETE_KEYS) throw new S3Error('MalformedXML');
  const objects = elements.map((element) => {
    const fields = uniqueFields(element);
    if ([...fields.keys()].some((name) => !['Key', 'VersionId', 'ETag'].includes(name))) throw new S3Error('NotImplemented');
    const key = fields.get('Key');
    if (!key) throw new S3Error('MalformedXML');
    const etag = fields.get('ETag');
    return { key, versionId: fields.get('VersionId') ?? null, etag: etag === undefined ? null : unquoteEtag(etag) };
  });
  return { quiet: quiet[0]?.text.trim() === 'true', objects };
}

/** Of directory buckets, and tags that come with the bucket. */
const UNSUPPORTED_CONFIGURATION = new Set(['Location', 'Bucket', 'Tags']);

/** The region asked for; null when none was. An empty body is allowed. */
export function parseCreateBucket(source: string): string | null {
  if (source.trim() === '') return null;
  const root = expectRoot(source, 'CreateBucketConfiguration');
  const fields = uniqueFields(root);
  for (const name of fields.keys()) {
    if (UNSUPPORTED_CONFIGURATION.has(name)) throw new S3Error('NotImplemented');
    if (name !== 'LocationConstraint') throw new S3Error('MalformedXML');
  }
  return fields.get('LocationConstraint') ?? null;
}

/** @throws MalformedXML, InvalidTag for more than ten tags, a repeated key or one that is too long. */
export function parseTagging(source: string): ReadonlyMap<string, string> {
  return checkTags(readTagSet(source), MAX_TAGS);
}

/** @throws MalformedXML, InvalidTag for more than fifty tags, a repeated key or one that is too long. */
export function parseBucketTagging(source: string): ReadonlyMap<string, string> {
  return checkTags(readTagSet(source), MAX_BUCKET_TAGS);
}

function readTagSet(source: string): readonly (readonly [string, string])[] {
  const [set, ...more] = expectRoot(source, 'Tagging').children;
  if (set?.name !== 'TagSet' || more.length > 0) throw new S3Error('MalformedXML');
  return set.children.map((element) => {
    const fields = uniqueFields(element);
    const [key, value] = [fields.get('Key'), fields.get('Value')];
    if (element.name !== 'Tag' || key === undefined || value === undefined || fields.size !== 2) throw new S3Error('MalformedXML');
    return [key, value] as const;
  });
}

/** Tags of an `x-amz-tagging` header, which is encoded like a query string. */
export function parseTaggingHeader(header: string): ReadonlyMap<string, string> {
  return checkTags([...new URLSearchParams(header)], MAX_TAGS);
}

function checkTags(pairs: readonly (readonly [string, string])[], most: number): ReadonlyMap<string, string> {
  const tags = new Map(pairs);
  if (pairs.length > most) throw new S3Error('InvalidTag', `Tags cannot be greater than ${most}.`);
  if (tags.size !== pairs.length) throw new S3Error('InvalidTag', 'Cannot provide multiple Tags with the same key.');
  if (pairs.some(([key, value]) => !isLegalTag(key, value))) throw new S3Error('InvalidTag');
  return tags;
}

function isLegalTag(key: string, value: string): boolean {
  return key !== '' && key.length <= 128 && value.length <= 256 && !/^aws:/i.test(key);
}

/** `Enabled` or `Suspended`; @throws MalformedXML. */
export function parseVersioningConfiguration(source: string): 'Enabled' | 'Suspended' {
  const fields = uniqueFields(expectRoot(source, 'VersioningConfiguration'));
  // Clients that know of it send it to say that they do not want it.
  if ((fields.get('MfaDelete') ?? 'Disabled').trim() !== 'Disabled') throw new S3Error('NotImplemented');
  if ([...fields.keys()].some((name) => name !== 'Status' && name !== 'MfaDelete')) throw new S3Error('MalformedXML');
  const status = fields.get('Status')?.trim();
  if (status !== 'Enabled' && status !== 'Suspended') throw new S3Error('MalformedXML');
  return status;
}

function expectRoot(source: string, name: string): XmlElement {
  const root = parseXml(source);
  if (root.name !== name) throw new S3Error('MalformedXML');
  return root;
}

/** Text of each child; @throws MalformedXML when one is repeated or has children of its own. */
function uniqueFields(element: XmlElement): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const child of element.children) {
    if (fields.has(child.name) || child.children.length > 0) throw new S3Error('MalformedXML');
    fields.set(child.name, child.text);
  }
  return fields;
}
