import { getBucket } from '../../../buckets/buckets.ts';
import { type S3Call, type S3Deps, sendXml } from '../call.ts';
import { escapeXml } from '../xml/render-xml.ts';
import { findReadable } from './get-object.ts';

/** GET bucket?acl: policies decide here, so the list always says that the owner may do everything. Changing it answers 501. */
export async function getBucketAcl(deps: S3Deps, call: S3Call): Promise<void> {
  await getBucket(deps, call.scope, call.target.bucket);
  sendXml(call, renderAcl(deps.s3.tenantId));
}

/** GET object?acl. */
export async function getObjectAcl(deps: S3Deps, call: S3Call): Promise<void> {
  await findReadable(deps, call);
  sendXml(call, renderAcl(deps.s3.tenantId));
}

function renderAcl(ownerId: string): string {
  const owner = `<ID>${escapeXml(ownerId)}</ID><DisplayName>${escapeXml(ownerId)}</DisplayName>`;
  const grantee = `<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser">${owner}</Grantee>`;
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n<AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
    `<Owner>${owner}</Owner><AccessControlList><Grant>${grantee}<Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>`
  );
}
