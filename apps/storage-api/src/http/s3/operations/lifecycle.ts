import { deleteLifecycle, getLifecycle, putLifecycle } from '../../../lifecycle/lifecycle.ts';
import { readDocument } from '../body/read-body.ts';
import { type S3Call, type S3Deps, sendEmpty, sendXml } from '../call.ts';
import { describeLifecycle, parseLifecycleDocument } from '../xml/lifecycle-document.ts';
import { renderDocument } from '../xml/render-xml.ts';

const MAX_DOCUMENT_BYTES = 1024 * 1024;

/** GET bucket?lifecycle. */
export async function getBucketLifecycle(deps: S3Deps, call: S3Call): Promise<void> {
  const configuration = await getLifecycle(deps, call.scope, call.target.bucket);
  sendXml(call, renderDocument('LifecycleConfiguration', describeLifecycle(configuration)));
}

/** PUT bucket?lifecycle: replaces all rules. */
export async function putBucketLifecycle(deps: S3Deps, call: S3Call): Promise<void> {
  const configuration = parseLifecycleDocument(await readDocument(call, MAX_DOCUMENT_BYTES));
  await putLifecycle(deps, call.scope, call.target.bucket, configuration);
  deps.expiry.forget(call.target.bucket);
  sendEmpty(call, 200);
}

/** DELETE bucket?lifecycle. */
export async function deleteBucketLifecycle(deps: S3Deps, call: S3Call): Promise<void> {
  await deleteLifecycle(deps, call.scope, call.target.bucket);
  deps.expiry.forget(call.target.bucket);
  sendEmpty(call, 204);
}
