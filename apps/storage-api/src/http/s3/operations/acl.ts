import { S3Error } from '../../../access/sigv4/s3-error.ts';
import { getBucket } from '../../../buckets/buckets.ts';
import { readDocument } from '../body/read-body.ts';
import { header, type S3Call, type S3Deps, sendEmpty, sendXml } from '../call.ts';
import { parseXml, type XmlElement } from '../xml/parse-xml.ts';
import { escapeXml } from '../xml/render-xml.ts';
import { requireManager } from './bucket-manager.ts';
import { findReadable } from './get-object.ts';

const MAX_DOCUMENT_BYTES = 64 * 1024;
/** What every object and bucket has anyway. */
const PRIVATE = ['private', 'bucket-owner-full-control'];

/** GET bucket?acl: policies decide here, so the list always says that the owner may do everything. */
export async function getBucketAcl(deps: S3Deps, call: S3Call): Promise<void> {
  await getBucket(deps, call.scope, call.target.bucket);
  sendXml(call, renderAcl(deps.s3.tenantId));
}

/** GET object?acl. */
export async function getObjectAcl(deps: S3Deps, call: S3Call): Promise<void> {
  await findReadable(deps, call);
  sendXml(call, renderAcl(deps.s3.tenantId));
}

/** PUT bucket?acl: what is so already is accepted, everything else answers 501 and changes nothing. */
export async function putBucketAcl(deps: S3Deps, call: S3Call): Promise<void> {
  await requirePrivate(deps, call);
  await requireManager(deps, call);
  sendEmpty(call, 200);
}

/** PUT object?acl. */
export async function putObjectAcl(deps: S3Deps, call: S3Call): Promise<void> {
  await requirePrivate(deps, call);
  await findReadable(deps, call);
  sendEmpty(call, 200);
}

async function requirePrivate(deps: S3Deps, call: S3Call): Promise<void> {
  const canned = header(call, 'x-amz-acl');
  const refusal = new S3Error('NotImplemented', 'Access control lists are not implemented; policies decide who may do what.');
  if (call.headers.some(([name]) => name.startsWith('x-amz-grant-'))) throw refusal;
  if (canned !== null && !PRIVATE.includes(canned)) throw refusal;
  const document = await readDocument(call, MAX_DOCUMENT_BYTES);
  const isSaid = canned !== null || document.trim() !== '';
  if (!isSaid || (document.trim() !== '' && !givesOwnerAll(document, deps.s3.tenantId))) throw refusal;
}

/** Whether the document says what {@link renderAcl} says; one that is no XML asks for nothing we know either. */
function givesOwnerAll(document: string, ownerId: string): boolean {
  const root = parseXml(document);
  const grants = find(find([root], 'AccessControlList'), 'Grant');
  return (
    root.name === 'AccessControlPolicy' &&
    grants.length > 0 &&
    grants.every((grant) => textOf(find([grant], 'Grantee'), 'ID') === ownerId && textOf([grant], 'Permission') === 'FULL_CONTROL')
  );
}

function find(parents: readonly XmlElement[], name: string): readonly XmlElement[] {
  return parents.flatMap(({ children }) => children.filter((child) => child.name === name));
}

function textOf(parents: readonly XmlElement[], name: string): string | undefined {
  return find(parents, name)[0]?.text.trim();
}

function renderAcl(ownerId: string): string {
  const owner = `<ID>${escapeXml(ownerId)}</ID><DisplayName>${escapeXml(ownerId)}</DisplayName>`;
  const grantee = `<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser">${owner}</Grantee>`;
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n<AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
    `<Owner>${owner}</Owner><AccessControlList><Grant>${grantee}<Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>`
  );
}
